// SPDX-License-Identifier: MIT
#include "chief.hpp"

#include "crew.hpp"
#include "progress.hpp"
#include "words.hpp"

#include <isthmus/error.hpp>
#include <isthmus/process.hpp>
#include <isthmus/wait.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace wordcount {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

/// The file as a section, or bad_file.
isthmus::section open_text(const std::string& file) {
  const std::filesystem::path path(file);
  std::error_code ec;
  const auto status = std::filesystem::status(path, ec);
  if (!std::filesystem::exists(status)) {
    throw bad_file(ec && status.type() != std::filesystem::file_type::not_found
                       ? fmt::format("{}: {}", file, ec.message())
                       : fmt::format("{}: there is no such file", file));
  }
  if (std::filesystem::is_directory(status)) {
    throw bad_file(fmt::format("{}: is a directory, not a text file", file));
  }
  if (!std::filesystem::is_regular_file(status)) {
    throw bad_file(fmt::format("{}: is not a regular file", file));
  }
  if (std::filesystem::file_size(path, ec) == 0 && !ec) {
    throw bad_file(fmt::format("{}: is empty, so there is nothing to count", file));
  }
  try {
    return isthmus::section::from_file(path, {.access = isthmus::access::read});
  } catch (const isthmus::error& problem) {
    if (problem.code() == isthmus::errc::access_denied) {
      throw bad_file(fmt::format("{}: you have no right to read it", file));
    }
    throw bad_file(fmt::format("{}: {}", file, problem.what()));
  }
}

/// The worker processes. None of them outlives this.
class workers {
 public:
  workers(const std::string& program, const options& wanted,
          const std::vector<isthmus::inherit_entry>& objects) {
    for (std::uint32_t number = 1; number <= wanted.workers; ++number) {
      isthmus::process_options options{.program = program,
                                       .arguments = {"--worker", std::to_string(number)},
                                       .inherit = objects};
      if (wanted.kill_one && number == 1) options.arguments.emplace_back("--victim");
      all_.push_back({number, isthmus::process::start(options), steady::time_point::max()});
    }
  }
  ~workers() {
    for (auto& one : all_) {
      std::error_code ignored;
      one.process.terminate(ignored);
      (void)one.process.wait_for(5s, ignored);
    }
  }
  workers(const workers&) = delete;
  workers& operator=(const workers&) = delete;

  struct worker {
    member_number number;
    isthmus::process process;
    steady::time_point died;  ///< max() if it has not, or has been dealt with
    bool ended = false;
    bool killed = false;
  };
  std::vector<worker>& all() { return all_; }
  [[nodiscard]] bool all_ended() const {
    return std::all_of(all_.begin(), all_.end(), [](const auto& one) { return one.ended; });
  }
  /// Until one has ended, or a little while.
  void wait_for_any() {
    std::vector<isthmus::wait_ref> running;
    for (auto& one : all_)
      if (!one.ended && running.size() < isthmus::max_wait_objects)
        running.emplace_back(one.process);
    (void)isthmus::wait_any_for(running, 20ms);
    for (auto& one : all_) {
      if (one.ended || one.process.wait_for(0s) == isthmus::wait_status::timeout) continue;
      one.ended = true;
      if (one.process.exit_code() != 0) one.died = steady::now();
    }
  }

 private:
  std::vector<worker> all_;
};

/// Waits for the workers, kills one if that is wanted, and does what no worker is left to do.
void supervise(workers& crew, member& chief, bool kill_one) {
  progress_bar bar;
  while (!crew.all_ended()) {
    crew.wait_for_any();
    bar.show(chief.shared.chunks_done(), chief.shared.header().chunks);
    if (kill_one && chief.shared.is_halfway()) {
      kill_one = false;
      crew.all().front().killed = true;
      crew.all().front().process.terminate();
    }
    for (auto& one : crew.all()) {
      // One that died with the mutex is noticed by the others, who repair the table at once. What
      // it had in its hands otherwise is for us to give out again.
      if (one.died > steady::now() - 500ms && !crew.all_ended()) continue;
      const turn mine(chief.guard, chief.shared, chief.number);
      chief.shared.take_back(one.number);
      one.died = steady::time_point::max();
    }
  }
  bar.remove();
  {
    const turn mine(chief.guard, chief.shared, chief.number);
    for (const auto& one : crew.all()) chief.shared.take_back(one.number);
  }
  while (chief.count_a_chunk([] {})) continue;
}

std::string name_of(member_number number) {
  return number == 0 ? "the first process" : fmt::format("worker {}", number);
}

void report_deaths(workers& crew, const table& shared) {
  const auto& repair = shared.header().repair;
  for (const auto& one : crew.all()) {
    const auto code = one.process.exit_code();
    if (code == 0) continue;
    fmt::print("worker {} (process {}) {}; the others did its share\n", one.number,
               shared.members()[one.number].process_id,
               one.killed ? "was killed in the middle of a merge, holding the mutex"
                          : fmt::format("ended with exit code {}", code.value_or(-1)));
    if (repair.repairs == 0 || repair.dead != one.number) continue;
    fmt::print("{} found the mutex abandoned and undid the half-done merge of chunk {}: {} words\n",
               name_of(repair.by), repair.chunk, repair.words_undone);
  }
}

std::string printable(std::string_view word) {
  std::string text(word);
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
  return text;
}

std::string in_units(double bytes) {
  if (bytes < 1024) return fmt::format("{:.0f} bytes", bytes);
  if (bytes < 1024 * 1024) return fmt::format("{:.1f} KiB", bytes / 1024);
  if (bytes < 1024 * 1024 * 1024) return fmt::format("{:.1f} MiB", bytes / 1024 / 1024);
  return fmt::format("{:.1f} GiB", bytes / 1024 / 1024 / 1024);
}

/// Prints what was found; whether a single process finds the same.
bool report_words(const member& chief, std::size_t top, std::chrono::duration<double> time) {
  const auto& found = chief.shared.header().now;
  for (const auto& [word, count] : chief.shared.most_frequent(top)) {
    fmt::print("{:>10}  {}\n", count, printable(word));
  }
  if (found.uncounted > 0) {
    fmt::print("{:>10}  other: longer than {} bytes, or more than the table has room for\n",
               found.uncounted, longest_word);
  }
  const auto bytes = static_cast<double>(chief.all_text().size());
  fmt::print("{} different words in {}, {} workers, {:.3f} s: {}/s\n", found.distinct,
             in_units(bytes), chief.shared.header().members - 1, time.count(),
             in_units(bytes / time.count()));

  const auto single = count_words(chief.all_text());
  const bool right = found.words == single && chief.shared.sum() == single;
  fmt::print("total: {} words, {}\n", found.words,
             right ? "matches a single-process count"
                   : fmt::format("but a single process counts {} and the table holds {}", single,
                                 chief.shared.sum()));
  return right;
}

}  // namespace

int run(const options& wanted, const std::string& program) {
  auto text = open_text(wanted.file);
  auto text_view = isthmus::const_view::map(text);

  // A worker that finds nothing more to do tries to lock this; it succeeds when we have died.
  auto alive = isthmus::mutex::create({.initially_owned = true});

  const table::plan plan{text.size(), wanted.workers + 1};
  auto memory = isthmus::section::create({.size = table::bytes_for(plan)});
  member chief{std::move(text), std::move(text_view), table(std::move(memory), plan),
               isthmus::mutex::create(), 0};
  if (const auto zero = chief.all_text().find('\0'); zero != std::string_view::npos) {
    throw bad_file(fmt::format("{}: is not a text file, there is a zero byte at offset {}",
                               wanted.file, zero));
  }
  if (wanted.kill_one) chief.shared.give_chunk(0, 1);  // so that it surely has one

  const auto start = steady::now();
  workers crew(program, wanted,
               {{keys::text, chief.text},
                {keys::table, chief.shared.memory()},
                {keys::guard, chief.guard},
                {keys::chief, alive}});
  for (const auto& one : crew.all()) chief.shared.introduce(one.number, one.process.id());
  supervise(crew, chief, wanted.kill_one);
  const auto time = steady::now() - start;

  report_deaths(crew, chief.shared);
  return report_words(chief, wanted.top, time) ? 0 : 1;
}

}  // namespace wordcount
