// SPDX-License-Identifier: MIT
#include "posix/system/user_space.hpp"

namespace isthmus::detail {

std::uint64_t user_space() noexcept { return 0; }

}  // namespace isthmus::detail
