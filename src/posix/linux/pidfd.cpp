// SPDX-License-Identifier: MIT
#include "../pidfd.hpp"

#include <sys/syscall.h>
#include <unistd.h>

// Headers older than the kernel lack the numbers, which are the same on every architecture of ours.
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

namespace isthmus::detail {

int open_pidfd(pid_t process) noexcept {
  return static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
}

bool signal_pidfd(int descriptor, int signal) noexcept {
  return ::syscall(SYS_pidfd_send_signal, descriptor, signal, nullptr, 0) == 0;
}

}  // namespace isthmus::detail
