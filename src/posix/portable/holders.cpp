// SPDX-License-Identifier: MIT
#include "holders.hpp"

namespace isthmus::detail {

sight find_holders(std::span<held_anchor>) { return sight::none; }

}  // namespace isthmus::detail
