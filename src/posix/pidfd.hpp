// SPDX-License-Identifier: MIT
//
// Descriptors of processes, where the kernel has them: something to sleep on until a child has
// ended, which its number cannot be confused with. One file per system; "none" is always a right
// answer.
#pragma once

#include <sys/types.h>

namespace isthmus::detail {

/// A descriptor (close-on-exec, readable once the process has ended), or -1 for none.
[[nodiscard]] int open_pidfd(pid_t process) noexcept;

/// Sends a signal to the process behind the descriptor. False where that cannot be done.
[[nodiscard]] bool signal_pidfd(int descriptor, int signal) noexcept;

}  // namespace isthmus::detail
