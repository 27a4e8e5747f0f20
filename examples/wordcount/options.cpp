// SPDX-License-Identifier: MIT
#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <thread>

namespace wordcount {

const std::string_view help_text = R"(usage: wordcount [options] FILE

Counts the words of a text file with several processes, which share the file, a table of results
and a mutex. Words are told apart without upper case and without punctuation around them.

  --workers N   as many worker processes (as many as there are cores, at least 2)
  --top N       show the N most frequent words (10)
  --kill-one    kill a worker while it holds the mutex, its results half-merged; the others notice,
                repair the table and do its share
  --help        show this

Exit code: 0 if all went well; 1 if counting failed or came to another result than a count by a
single process; 2 for a wrong command line and for a file that cannot be counted.
)";

namespace {

std::uint32_t number(std::string_view option, std::string_view text, std::uint32_t least,
                     std::uint32_t most) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    throw std::invalid_argument(
        fmt::format("{} wants a number from {} to {}, not '{}'", option, least, most, text));
  }
  return value;
}

}  // namespace

options read_options(std::span<char* const> arguments) {
  options result;
  bool only_files = false;
  bool file_given = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    const auto value = [&] {
      if (++i == arguments.size()) {
        throw std::invalid_argument(fmt::format("{} wants a value", argument));
      }
      return std::string_view(arguments[i]);
    };
    if (only_files || argument.empty() || argument[0] != '-') {
      if (file_given) throw std::invalid_argument("more than one file was given");
      result.file = argument;
      file_given = true;
    } else if (argument == "--") {
      only_files = true;
    } else if (argument == "--workers") {
      result.workers = number(argument, value(), 1, most_workers);
    } else if (argument == "--top") {
      result.top = number(argument, value(), 0, 1'000'000);
    } else if (argument == "--kill-one") {
      result.kill_one = true;
    } else if (argument == "--help" || argument == "-h") {
      result.help = true;
    } else if (argument == "--worker") {
      result.number = number(argument, value(), 1, most_workers);
    } else if (argument == "--victim") {
      result.victim = true;
    } else {
      throw std::invalid_argument(fmt::format("there is no option {}", argument));
    }
  }
  if (result.help || result.number != 0) return result;
  if (result.file.empty()) throw std::invalid_argument("no file was given");
  if (result.kill_one && result.workers == 1) {
    throw std::invalid_argument("--kill-one wants at least two workers: one to die, one to go on");
  }
  if (result.workers == 0) {
    result.workers = std::clamp(std::thread::hardware_concurrency(), 2U, 64U);
  }
  return result;
}

}  // namespace wordcount
