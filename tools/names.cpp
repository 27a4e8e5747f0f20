// SPDX-License-Identifier: MIT
#include "names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <optional>
#include <system_error>

namespace tool {
namespace {

constexpr std::string_view local = "Local\\";
constexpr std::string_view global = "Global\\";

/// Marks that change the direction of what is written after them: a name must not turn its line.
/// They are U+200E and U+200F, U+202A to U+202E, U+2066 to U+2069.
bool turns_the_line(std::string_view sequence) noexcept {
  if (sequence.size() != 3 || sequence[0] != '\xE2') return false;
  const auto last = static_cast<unsigned char>(sequence[2]);
  if (sequence[1] == '\x80') return last == 0x8E || last == 0x8F || (last >= 0xAA && last <= 0xAE);
  return sequence[1] == '\x81' && last >= 0xA6 && last <= 0xA9;
}

/// How many bytes a UTF-8 sequence has that is well-formed and can be shown; 0: show it as bytes.
std::size_t shown_bytes(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7F ? 1 : 0;
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (size == 0 || lead > 0xF4 || text.size() < size) return 0;
  const auto tail = text.substr(1, size - 1);
  const bool whole = std::all_of(tail.begin(), tail.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
  });
  const bool control = lead == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
  return whole && !control && !turns_the_line(text.substr(0, size)) ? size : 0;
}

/// The byte that \xHH stands for at the start of a text.
std::optional<char> escaped_byte(std::string_view text) noexcept {
  constexpr std::size_t length = 4;
  if (!text.starts_with("\\x") || text.size() < length) return std::nullopt;
  unsigned value = 0;
  const char* const digits = text.data() + 2;
  const auto [end, error] = std::from_chars(digits, digits + 2, value, 16);
  if (error != std::errc() || end != digits + 2) return std::nullopt;
  return static_cast<char>(value);
}

std::string_view prefix_of(std::string_view name) noexcept {
  return name.starts_with(local) ? local : name.starts_with(global) ? global : "";
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t size = shown_bytes(text);
    if (size == 0)
      fmt::format_to(std::back_inserter(shown), "\\x{:02x}", static_cast<unsigned char>(text[0]));
    shown += text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return shown;
}

std::string name_from(std::string_view argument) {
  std::string name(prefix_of(argument));
  argument.remove_prefix(name.size());
  while (!argument.empty()) {
    const auto byte = escaped_byte(argument);
    name += byte.value_or(argument.front());
    argument.remove_prefix(byte ? 4 : 1);
  }
  return name;
}

isthmus::scope take_scope(std::string_view& name, isthmus::scope option) noexcept {
  const std::string_view prefix = prefix_of(name);
  name.remove_prefix(prefix.size());
  if (prefix == global) return isthmus::scope::global;
  return prefix == local || option == isthmus::scope::automatic ? isthmus::scope::session : option;
}

std::string name_text(std::string_view name) {
  const std::string_view prefix = prefix_of(name);
  if (!prefix.empty()) return std::string(prefix) + printable(name.substr(prefix.size()));
  std::string shown = printable(name);
  const bool needs_prefix = name.starts_with('-') || !prefix_of(shown).empty();
  return needs_prefix ? std::string(local) + shown : shown;
}

std::string name_text(std::string_view name, isthmus::scope where) {
  if (where == isthmus::scope::global) return std::string(global) + printable(name);
  const bool reserved = name == "Local" || name == "Global" || name == "Session";
  return reserved ? std::string(local) + printable(name) : name_text(name);
}

}  // namespace tool
