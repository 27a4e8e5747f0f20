// SPDX-License-Identifier: MIT
#include "posix/system/holders.hpp"

namespace isthmus::detail {

sight find_holders(std::span<held_anchor>) { return sight::none; }

}  // namespace isthmus::detail
