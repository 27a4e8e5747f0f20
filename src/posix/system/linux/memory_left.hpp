// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace isthmus::detail {

/// memory_left(), by the kernel's files under `root`; "" for the system's own.
std::optional<std::uint64_t> memory_left_under(const std::string& root);

}  // namespace isthmus::detail
