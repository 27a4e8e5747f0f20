// SPDX-License-Identifier: MIT
//
// One code point of UTF-8 or UTF-16 at a time, out of a text and into one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace isthmus::veneer {

/// What stands for units that are no code point.
inline constexpr char32_t not_a_point = 0xFFFFFFFF;

/// The code point at `i`, which moves behind it. Of what is none, `i` skips as much as could have
/// begun one: the whole is then replaced by as many U+FFFD as Unicode recommends.
[[nodiscard]] inline char32_t next_point(std::string_view text, std::size_t& i) noexcept {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = byte(i++);
  if (lead < 0x80) return lead;
  if (lead < 0xC2 || lead > 0xF4) return not_a_point;
  const std::size_t more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  char32_t point = lead & (0x3Fu >> more);
  for (std::size_t n = 0; n < more; ++n, ++i) {
    // The second byte has narrower bounds after some leads: no long forms, no halves of pairs.
    const unsigned low = n != 0 ? 0x80 : lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = n != 0 ? 0xBF : lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (i >= text.size() || byte(i) < low || byte(i) > high) return not_a_point;
    point = point << 6 | (byte(i) & 0x3Fu);
  }
  return point;
}

[[nodiscard]] inline char32_t next_point(std::u16string_view text, std::size_t& i) noexcept {
  const char16_t lead = text[i++];
  if (lead < 0xD800 || lead > 0xDFFF) return lead;
  if (lead > 0xDBFF || i >= text.size() || text[i] < 0xDC00 || text[i] > 0xDFFF) return not_a_point;
  return 0x10000 + (static_cast<char32_t>(lead - 0xD800) << 10) + (text[i++] - 0xDC00u);
}

/// Writes the code point; how many units that took.
inline std::size_t put_point(char32_t point, char* to) noexcept {
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80 | (point >> shift & 0x3F));
  };
  if (point < 0x80) return to[0] = static_cast<char>(point), 1;
  if (point < 0x800) return to[0] = static_cast<char>(0xC0 | point >> 6), to[1] = tail(0), 2;
  if (point < 0x10000)
    return to[0] = static_cast<char>(0xE0 | point >> 12), to[1] = tail(6), to[2] = tail(0), 3;
  to[0] = static_cast<char>(0xF0 | point >> 18);
  return to[1] = tail(12), to[2] = tail(6), to[3] = tail(0), 4;
}

inline std::size_t put_point(char32_t point, char16_t* to) noexcept {
  if (point < 0x10000) return to[0] = static_cast<char16_t>(point), 1;
  to[0] = static_cast<char16_t>(0xD7C0 + (point >> 10));
  return to[1] = static_cast<char16_t>(0xDC00 | (point & 0x3FF)), 2;
}

}  // namespace isthmus::veneer
