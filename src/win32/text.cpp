// SPDX-License-Identifier: MIT
#include "win32/text.hpp"

#include "win32/windows.hpp"

#include <limits>

namespace isthmus::detail {

std::wstring widen(std::string_view text, failure& why) {
  if (text.empty()) return {};
  if (text.size() > std::numeric_limits<int>::max()) {
    why.set(errc::invalid_argument, "the text is too long");
    return {};
  }
  const auto length = static_cast<int>(text.size());
  std::wstring result(text.size(), L'\0');  // never needs more units than UTF-8 needs bytes
  const int units = ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text.data(), length,
                                          result.data(), length);
  if (units == 0) {
    why.set(errc::invalid_argument, "the text is not UTF-8");
    return {};
  }
  result.resize(static_cast<std::size_t>(units));
  return result;
}

std::string narrow(std::wstring_view text) {
  if (text.empty()) return {};
  std::string result(3 * text.size(), '\0');
  const int bytes =
      ::WideCharToMultiByte(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), result.data(),
                            static_cast<int>(result.size()), nullptr, nullptr);
  result.resize(static_cast<std::size_t>(bytes));
  return result;
}

}  // namespace isthmus::detail
