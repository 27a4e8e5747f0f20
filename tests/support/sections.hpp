// SPDX-License-Identifier: MIT
//
// What tests do with named sections again and again.
#pragma once

#include <isthmus/section.hpp>

#include <cstdint>
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

}  // namespace support
