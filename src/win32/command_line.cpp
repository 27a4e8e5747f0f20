// SPDX-License-Identifier: MIT
#include "win32/command_line.hpp"

#include "win32/text.hpp"

#include <cstddef>

namespace isthmus::detail {
namespace {

/// Backslashes are ordinary, except before a quote, where two stand for one.
void append(std::wstring& line, std::wstring_view argument) {
  // Not all programs use the C runtime, so nothing is quoted without need.
  if (!argument.empty() && argument.find_first_of(L" \t\n\v\"") == argument.npos) {
    line += argument;
    return;
  }
  line += L'"';
  std::size_t backslashes = 0;
  for (const wchar_t c : argument) {
    if (c == L'"') line.append(backslashes + 1, L'\\');
    backslashes = c == L'\\' ? backslashes + 1 : 0;
    line += c;
  }
  line.append(backslashes, L'\\');
  line += L'"';
}

bool ends_with_word(std::wstring_view text, std::wstring_view lower) noexcept {
  if (text.size() < lower.size()) return false;
  text.remove_prefix(text.size() - lower.size());
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const wchar_t c = text[i] >= L'A' && text[i] <= L'Z' ? text[i] - L'A' + L'a' : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

}  // namespace

std::wstring command_line(std::wstring_view program, const std::vector<std::string>& arguments,
                          failure& why) {
  if (program.find(L'"') != program.npos || program.find(L'\0') != program.npos) {
    why.set(errc::not_found, "no file has such a name");  // and nothing else could quote it
    return {};
  }
  std::wstring line;
  line.append(1, L'"').append(program).append(1, L'"');  // backslashes are ordinary here
  for (const auto& each : arguments) {
    const std::wstring argument = widen(each, why);
    if (why) return {};
    line += L' ';
    append(line, argument);
  }
  constexpr std::size_t longest = 32767 - 1;
  if (line.size() > longest) why.set(errc::invalid_argument, "the arguments are too long");
  return line;
}

bool is_batch_file(std::wstring_view program) noexcept {
  // The system ignores dots and spaces at the end of a file's name.
  while (program.ends_with(L'.') || program.ends_with(L' ')) program.remove_suffix(1);
  return ends_with_word(program, L".bat") || ends_with_word(program, L".cmd");
}

}  // namespace isthmus::detail
