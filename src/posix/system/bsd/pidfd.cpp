// SPDX-License-Identifier: MIT
//
// By the manual, kqueue(2). A queue with one process in it is a descriptor of that process,
// readable once it has ended. A fork's child does not have it.
#include "posix/system/pidfd.hpp"

#include "posix/system/retry.hpp"

#include <sys/event.h>
#include <sys/time.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace isthmus::detail {

const bool forks_keep_pidfds = false;

int open_pidfd(pid_t process) noexcept {
  const int queue = ::kqueue();
  if (queue == -1) return -1;
  ::fcntl(queue, F_SETFD, FD_CLOEXEC);
  struct kevent change {};
  EV_SET(&change, static_cast<uintptr_t>(process), EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, nullptr);
  if (retry([&] { return ::kevent(queue, &change, 1, nullptr, 0, nullptr); }) != -1) return queue;
  const int number = errno;
  ::close(queue);
  errno = number;
  return -1;
}

int signal_pidfd(int, int) noexcept { return ENOSYS; }

int reap(pid_t process, int, siginfo_t& info) noexcept {
  return retry(
      [&] { return ::waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG); });
}

}  // namespace isthmus::detail
