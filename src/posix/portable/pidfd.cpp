// SPDX-License-Identifier: MIT
#include "../pidfd.hpp"

namespace isthmus::detail {

int open_pidfd(pid_t) noexcept { return -1; }

bool signal_pidfd(int, int) noexcept { return false; }

}  // namespace isthmus::detail
