// SPDX-License-Identifier: MIT
//
// The kernel's part: when a file was made.
#pragma once

#include <chrono>
#include <optional>

namespace isthmus::detail {

/// Absent where the file system does not keep it.
std::optional<std::chrono::system_clock::time_point> birth_of(int fd) noexcept;

}  // namespace isthmus::detail
