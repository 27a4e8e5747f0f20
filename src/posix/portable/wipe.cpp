// SPDX-License-Identifier: MIT
#include "wipe.hpp"

namespace isthmus::detail {

void* make_wiped_page() noexcept { return nullptr; }

}  // namespace isthmus::detail
