// SPDX-License-Identifier: MIT
//
// How a will is written, and the hint that leads to it: bequest.cpp writes them, estate.cpp reads
// them. A line of a will is a key, the numbers of the handles that carry what it is about, and a
// description of that.
#pragma once

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace isthmus::detail {

inline constexpr std::array<char, 8> will_magic{'i', 's', 't', 'h', 'w', 'i', 'l', '1'};

/// The beginning of a will; the text, a line for each object, is behind it. The same for 32- and
/// 64-bit programs.
struct will_header {
  std::array<char, 8> magic;
  std::uint64_t when;    ///< the start that it was made for; the hint has the same
  std::uint64_t number;  ///< which of its process's starts
  std::uint64_t length;  ///< of the text
  std::uint32_t heir;    ///< the process that has taken it; 0: none yet
  std::uint32_t reserved;
};
static_assert(sizeof(will_header) == 40);

/// What the description of an end of a channel begins with, and that of a native handle; an
/// object's has no space in it. Two numbers follow that say which one it is.
inline constexpr std::string_view end_mark = "channel ";
inline constexpr std::string_view native_mark = "native ";

using two_numbers = std::array<std::uint64_t, 2>;

[[nodiscard]] inline std::string describe(std::string_view mark, const two_numbers& identity) {
  return fmt::format("{}{:x} {:x} ", mark, identity[0], identity[1]);
}

/// Takes a number off the front of a text, and what comes behind it up to a space.
[[nodiscard]] inline std::optional<std::uint64_t> number_from(std::string_view& text) noexcept {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (problem != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.empty() || text.front() != ' ') return std::nullopt;
  text.remove_prefix(1);
  return value;
}

/// Takes the will that lies in this memory, of the start that the hint tells of, for the process
/// `heir`: its text. Absent where it is none, or another's already. The memory may be written by
/// others all the while.
[[nodiscard]] std::optional<std::string> take_will(std::span<std::byte> memory, std::uint64_t when,
                                                   std::uint64_t number, std::uint32_t heir);

/// A key as letters, so that any key makes a line.
[[nodiscard]] inline std::string letters_of(std::string_view key) {
  std::string text;
  for (const char c : key) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

}  // namespace isthmus::detail
