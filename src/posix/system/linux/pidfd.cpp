// SPDX-License-Identifier: MIT
#include "posix/system/pidfd.hpp"

#include "posix/system/retry.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

// Headers older than the kernel lack the numbers, which are not the same on every architecture. -1
// is no call: ENOSYS.
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal (-1)
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open (SYS_pidfd_send_signal == -1 ? -1 : SYS_pidfd_send_signal + 10)
#endif

namespace isthmus::detail {

const bool forks_keep_pidfds = true;

int open_pidfd(pid_t process) noexcept {
  return static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
}

int signal_pidfd(int descriptor, int signal) noexcept {
  return ::syscall(SYS_pidfd_send_signal, descriptor, signal, nullptr, 0) == 0 ? 0 : errno;
}

int reap(pid_t process, int descriptor, siginfo_t& info) noexcept {
  constexpr auto by_pidfd = static_cast<idtype_t>(3);  // P_PIDFD, since Linux 5.4
  if (descriptor != -1) {
    const int result = retry([&] {
      return ::waitid(by_pidfd, static_cast<id_t>(descriptor), &info, WEXITED | WNOHANG);
    });
    if (result == 0 || errno != EINVAL) return result;
  }
  return retry(
      [&] { return ::waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG); });
}

}  // namespace isthmus::detail
