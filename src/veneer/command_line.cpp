// SPDX-License-Identifier: MIT
#include "command_line.hpp"

#include <algorithm>
#include <cstddef>

namespace isthmus::veneer {
namespace {

constexpr std::string_view space = " \t";

void skip_space(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(space), line.size()));
}

std::string take_program(std::string_view& line) {
  std::string word;
  bool quoted = false;
  for (; !line.empty(); line.remove_prefix(1)) {
    if (line.front() == '"')
      quoted = !quoted;
    else if (!quoted && space.find(line.front()) != space.npos)
      break;
    else
      word += line.front();
  }
  return word;
}

std::string take_argument(std::string_view& line) {
  std::string word;
  bool quoted = false;
  while (!line.empty() && (quoted || space.find(line.front()) == space.npos)) {
    const auto backslashes = std::min(line.find_first_not_of('\\'), line.size());
    line.remove_prefix(backslashes);
    if (!line.starts_with('"')) {
      word.append(backslashes, '\\');
      if (backslashes != 0) continue;
      word += line.front();
    } else {
      word.append(backslashes / 2, '\\');
      if (backslashes % 2 != 0) {
        word += '"';
      } else if (quoted && line.starts_with("\"\"")) {
        word += '"';
        line.remove_prefix(1);
      } else {
        quoted = !quoted;
      }
    }
    line.remove_prefix(1);
  }
  return word;
}

void append(std::string& line, std::string_view word) {
  if (!word.empty() && word.find_first_of(" \t\n\v\"") == word.npos) {
    line += word;
    return;
  }
  line += '"';
  std::size_t backslashes = 0;
  for (const char c : word) {
    if (c == '"') line.append(backslashes + 1, '\\');
    backslashes = c == '\\' ? backslashes + 1 : 0;
    line += c;
  }
  line.append(backslashes, '\\');
  line += '"';
}

}  // namespace

split_line split(std::string_view line) {
  split_line result;
  result.program = take_program(line);
  for (skip_space(line); !line.empty(); skip_space(line))
    result.arguments.push_back(take_argument(line));
  return result;
}

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words) {
    if (&word == &words.front()) {
      line.append(1, '"').append(word).append(1, '"');  // backslashes are ordinary here
    } else {
      line += ' ';
      append(line, word);
    }
  }
  return line;
}

}  // namespace isthmus::veneer
