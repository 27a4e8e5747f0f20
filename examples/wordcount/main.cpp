// SPDX-License-Identifier: MIT
//
// wordcount: counts the words of a file with several processes. See options.cpp for its use, and
//
//     chief.cpp    what the first process does: objects, workers, progress, report
//     crew.cpp     what every process does: take a chunk, count it, merge the result
//     table.cpp    the shared table, and how it survives the death of whoever changes it
//     words.cpp    words, and counting them in private memory
#include "chief.hpp"
#include "crew.hpp"
#include "options.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <span>

int main(int count, char** arguments) try {
  const std::span<char*> all(arguments, static_cast<std::size_t>(count));
  const auto options = wordcount::read_options(all.subspan(all.empty() ? 0 : 1));
  if (options.help) {
    fmt::print("{}", wordcount::help_text);
    return 0;
  }
  if (options.number != 0) return wordcount::work(options.number, options.victim);
  return wordcount::run(options, all.empty() ? "wordcount" : all[0]);
} catch (const std::invalid_argument& problem) {
  fmt::print(stderr, "wordcount: {}\nTry 'wordcount --help'.\n", problem.what());
  return 2;
} catch (const wordcount::bad_file& problem) {
  fmt::print(stderr, "wordcount: {}\n", problem.what());
  return 2;
} catch (const std::exception& problem) {
  fmt::print(stderr, "wordcount: {}\n", problem.what());
  return 1;
}
