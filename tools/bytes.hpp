// SPDX-License-Identifier: MIT
//
// What read and write have in common.
#pragma once

#include "commands.hpp"

#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace tool {

[[nodiscard]] isthmus::section open_section(const bytes_options& options, isthmus::access rights);

/// How many bytes are meant, from the offset on: all, or what --length says, if there are so many.
[[nodiscard]] std::uint64_t length_in(const isthmus::section& section,
                                      const bytes_options& options);

/// Whether parts of the section may have no memory yet.
[[nodiscard]] bool is_reserved(const bytes_options& options);

/// Calls `part(offset, size)` for pieces that can be mapped one after the other.
template <class Part>
void for_each_part(std::uint64_t offset, std::uint64_t length, Part part) {
  constexpr std::uint64_t most = std::uint64_t{4} << 20;
  for (std::uint64_t size = 0; length != 0; offset += size, length -= size) {
    size = std::min(length, most);
    part(offset, static_cast<std::size_t>(size));
  }
}

}  // namespace tool
