// SPDX-License-Identifier: MIT
#include "posix/system/pidfd.hpp"

#include "posix/system/retry.hpp"

#include <cerrno>

namespace isthmus::detail {

const bool forks_keep_pidfds = true;

int open_pidfd(pid_t) noexcept {
  errno = ENOSYS;
  return -1;
}

int signal_pidfd(int, int) noexcept { return ENOSYS; }

int reap(pid_t process, int, siginfo_t& info) noexcept {
  return retry(
      [&] { return ::waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG); });
}

}  // namespace isthmus::detail
