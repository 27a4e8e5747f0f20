// SPDX-License-Identifier: MIT
//
// Measures isthmus beside its peers: isthmus-bench [--quick] [--only TEXT] [--json FILE]
#include "machine.hpp"
#include "row.hpp"
#include "table.hpp"

#include <fmt/format.h>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

namespace {

std::vector<bench::row> all_rows() {
  std::vector<bench::row> rows;
  for (const auto part :
       {bench::mutex_rows, bench::boost_mutex_rows, bench::contended_rows,
        bench::boost_semaphore_rows, bench::ping_pong_rows, bench::wait_any_rows,
        bench::blocked_rows, bench::section_rows, bench::death_rows, bench::veneer_rows})
    for (auto& row : part()) rows.push_back(std::move(row));
  return rows;
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

void run(bench::effort work, const std::string& only, const std::string& json_file) {
  print(fmt::format("{}\nisthmus {}; {}, google-benchmark {}, {}\n", bench::machine_text(),
                    BENCH_BUILD, bench::c_library_text(), BENCH_HARNESS, bench::boost_note()));
  print("The sides take turns in short rounds: medians, and the median of the rounds' ratios.\n\n");
  print(bench::table_head());
  std::ofstream json;
  if (!json_file.empty()) {
    json.open(json_file);
    if (!json) throw std::runtime_error("cannot write " + json_file);
  }
  bench::keep_to_cpu(bench::measuring_cpu);
  std::vector<bench::measured> done;
  for (auto& row : all_rows()) {
    if (row.name.find(only) == row.name.npos) continue;
    const auto found = row.measure(work);
    done.push_back({std::move(row), found});
    print(bench::table_line(done.back()));
  }
  if (json.is_open()) json << bench::json(done);
}

}  // namespace

int main(int count, char** arguments) {
  auto work = bench::effort::full;
  std::string only, json_file;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--quick") {
      work = bench::effort::quick;
    } else if (argument == "--only" && i + 1 < count) {
      only = arguments[++i];
    } else if (argument == "--json" && i + 1 < count) {
      json_file = arguments[++i];
    } else {
      std::fprintf(stderr, "usage: isthmus-bench [--quick] [--only TEXT] [--json FILE]\n");
      return 2;
    }
  }
  try {
    run(work, only, json_file);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "bench: %s\n", problem.what());
    return 1;
  }
  return 0;
}
