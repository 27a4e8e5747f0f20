// SPDX-License-Identifier: MIT
//
// Descriptors of processes, where the kernel has them: something to sleep on until a process has
// ended, which its number cannot be confused with. One file per system; "none" is always a right
// answer. Those of macOS and FreeBSD are written by their manuals and have not been run.
#pragma once

#include <sys/types.h>
#include <sys/wait.h>

namespace isthmus::detail {

/// A descriptor (close-on-exec, readable once the process has ended), or -1 for none, with errno.
[[nodiscard]] int open_pidfd(pid_t process) noexcept;

/// Whether a forked child has it as well. Where not, its number may be anything there.
extern const bool forks_keep_pidfds;

/// Sends a signal to the process behind the descriptor; 0 asks whether one may. 0 or errno; ENOSYS
/// where that cannot be done.
[[nodiscard]] int signal_pidfd(int descriptor, int signal) noexcept;

/// waitid(WEXITED | WNOHANG) for that very process, whatever has become of its number.
[[nodiscard]] int reap(pid_t process, int descriptor, siginfo_t& info) noexcept;

}  // namespace isthmus::detail
