// SPDX-License-Identifier: MIT
#pragma once

#include <array>

namespace isthmus::detail {

/// The path by which a descriptor's file can be found, ended by a zero; false where it has none, or
/// a longer one. It may be out of date: see whether it is the same file.
bool place_of(int fd, std::array<char, 4096>& path) noexcept;

}  // namespace isthmus::detail
