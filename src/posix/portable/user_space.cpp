// SPDX-License-Identifier: MIT
#include "user_space.hpp"

namespace isthmus::detail {

std::uint64_t user_space() noexcept { return 0; }

}  // namespace isthmus::detail
