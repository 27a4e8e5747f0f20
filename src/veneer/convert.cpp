// SPDX-License-Identifier: MIT
//
// MultiByteToWideChar and WideCharToMultiByte: code point by code point, into what room there is.
#include "error.hpp"
#include "utf.hpp"

#include <isthmus/win32.h>

#include <algorithm>
#include <limits>
#include <string_view>

namespace isthmus::veneer {
namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr auto longest_text = static_cast<std::size_t>(std::numeric_limits<int>::max());

template <class From>
struct conversion {
  std::basic_string_view<From> text;
  bool strict = false;  ///< what is no text is an error
  bool replaced = false;
};

/// The number of units; 0, and the last error.
template <class From, class To>
int convert(conversion<From>& what, To* to, std::size_t room) noexcept {
  std::size_t made = 0;
  for (std::size_t i = 0; i < what.text.size();) {
    char32_t point = next_point(what.text, i);
    if (point == not_a_point) {
      if (what.strict) return fail(ERROR_NO_UNICODE_TRANSLATION);
      point = replacement;
      what.replaced = true;
    }
    To units[4];
    const std::size_t count = put_point(point, units);
    if (room != 0 && count > room - made) return fail(ERROR_INSUFFICIENT_BUFFER);
    if (room != 0) std::copy_n(units, count, to + made);
    made += count;
    if (made > longest_text) return fail(ERROR_INVALID_PARAMETER);
  }
  return static_cast<int>(made);
}

/// UTF-8 is the code page of all of these.
UINT plain_page(UINT page) noexcept {
  return page == CP_OEMCP || page == CP_THREAD_ACP ? CP_ACP : page;
}

/// What both directions ask of their arguments; an error's number.
template <class From, class To>
DWORD check(UINT page, DWORD flags, DWORD known, const From* from, int length, const To* to,
            int size) noexcept {
  if (page != CP_UTF8 && page != CP_ACP) return ERROR_INVALID_PARAMETER;
  if (from == nullptr || length == 0 || size < 0 || (size != 0 && to == nullptr) ||
      static_cast<const void*>(from) == static_cast<const void*>(to))
    return ERROR_INVALID_PARAMETER;
  return (flags & ~known) != 0 ? ERROR_INVALID_FLAGS : ERROR_SUCCESS;
}

template <class From>
std::basic_string_view<From> text_of(const From* from, int length) noexcept {
  if (length >= 0) return {from, static_cast<std::size_t>(length)};
  const std::basic_string_view<From> text(from);
  return {from, text.size() + 1};  // with its zero
}

}  // namespace
}  // namespace isthmus::veneer

using namespace isthmus::veneer;

int MultiByteToWideChar(UINT page, DWORD flags, LPCSTR from, int length, LPWSTR to, int size) {
  page = plain_page(page);
  const DWORD known = MB_ERR_INVALID_CHARS | (page == CP_ACP ? MB_PRECOMPOSED : 0);
  if (const DWORD error = check(page, flags, known, from, length, to, size)) return fail(error);
  conversion<char> what{text_of(from, length), (flags & MB_ERR_INVALID_CHARS) != 0};
  return convert(what, to, static_cast<std::size_t>(size));
}

int WideCharToMultiByte(UINT page, DWORD flags, LPCWSTR from, int length, LPSTR to, int size,
                        LPCSTR standin, LPBOOL used) {
  page = plain_page(page);
  const DWORD known = page == CP_ACP ? WC_NO_BEST_FIT_CHARS : WC_ERR_INVALID_CHARS;
  if (const DWORD error = check(page, flags, known, from, length, to, size)) return fail(error);
  if (page == CP_UTF8 && (standin != nullptr || used != nullptr))
    return fail(ERROR_INVALID_PARAMETER);
  conversion<char16_t> what{text_of(from, length), (flags & WC_ERR_INVALID_CHARS) != 0};
  const int made = convert(what, to, static_cast<std::size_t>(size));
  if (used != nullptr) *used = what.replaced ? TRUE : FALSE;
  return made;
}
