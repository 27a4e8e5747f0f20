// SPDX-License-Identifier: MIT
//
// What tests do with named sections again and again.
#pragma once

#include <isthmus/section.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

namespace support {

/// The options of a small section: section::create(of(name)).
[[nodiscard]] inline isthmus::section_options of(std::string_view name, std::uint64_t size = 4096) {
  return {.name = name, .size = size};
}

/// Whether a section of this name can be opened.
[[nodiscard]] inline bool exists(std::string_view name) {
  std::error_code ec;
  return static_cast<bool>(isthmus::section::open({.name = name}, ec));
}

[[nodiscard]] inline bool is_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](auto byte) { return byte == std::byte{0}; });
}

/// With anything but zeros.
inline void fill(std::span<std::byte> bytes) {
  std::fill(bytes.begin(), bytes.end(), std::byte{0xff});
}

/// A number in shared memory, for all processes at once. (std::atomic_ref is younger than some C++
/// libraries.)
[[nodiscard]] inline std::atomic<int>& as_counter(int& number) {
  static_assert(sizeof(std::atomic<int>) == sizeof(int) && std::atomic<int>::is_always_lock_free);
  return *std::bit_cast<std::atomic<int>*>(&number);
}

}  // namespace support
