// SPDX-License-Identifier: MIT
#include "text.hpp"

#include "utf.hpp"

namespace isthmus::veneer {

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();)
    if (next_point(text, i) == not_a_point) return false;
  return true;
}

bool to_utf8(std::u16string_view text, std::string& made) {
  made.clear();
  for (std::size_t i = 0; i < text.size();) {
    const char32_t point = next_point(text, i);
    if (point == not_a_point) return false;
    char units[4];
    made.append(units, put_point(point, units));
  }
  return true;
}

bool to_utf16(std::string_view text, std::u16string& made) {
  made.clear();
  for (std::size_t i = 0; i < text.size();) {
    const char32_t point = next_point(text, i);
    if (point == not_a_point) return false;
    char16_t units[2];
    made.append(units, put_point(point, units));
  }
  return true;
}

}  // namespace isthmus::veneer
