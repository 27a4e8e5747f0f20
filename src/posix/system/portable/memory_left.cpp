// SPDX-License-Identifier: MIT
#include "posix/system/space.hpp"

namespace isthmus::detail {

std::optional<std::uint64_t> memory_left() { return std::nullopt; }

}  // namespace isthmus::detail
