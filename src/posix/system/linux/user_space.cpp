// SPDX-License-Identifier: MIT
#include "posix/system/user_space.hpp"

#include "posix/system/descriptor.hpp"
#include "posix/system/pidfd.hpp"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isthmus::detail {

namespace {

/// PIDFD_GET_USER_NAMESPACE, since Linux 6.11; older headers lack it.
constexpr unsigned long get_user_space = _IO(0xFF, 9);

/// The way that needs no /proc.
std::uint64_t by_own_pidfd() noexcept {
  struct stat info {};
  const descriptor self(open_pidfd(::getpid()));
  const descriptor space(self ? ::ioctl(self.get(), get_user_space, 0) : -1);
  return space && ::fstat(space.get(), &info) == 0 ? info.st_ino : 0;
}

}  // namespace

std::uint64_t user_space() noexcept {
  struct stat info {};
  return ::stat("/proc/self/ns/user", &info) == 0 ? info.st_ino : by_own_pidfd();
}

}  // namespace isthmus::detail
