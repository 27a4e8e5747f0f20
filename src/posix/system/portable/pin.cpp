// SPDX-License-Identifier: MIT
//
// A pin is a descriptor for reading, and only a plain file gets one.
#include "posix/system/pin.hpp"

#include "posix/system/retry.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace isthmus::detail {
namespace {

constexpr int pin_flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;

}  // namespace

descriptor pin_path(const char* path) noexcept {
  struct stat info {};
  if (::lstat(path, &info) != 0) return {};
  errno = S_ISLNK(info.st_mode) ? ELOOP : ENOENT;
  if (!S_ISREG(info.st_mode)) return {};
  return descriptor(retry([&] { return ::open(path, O_RDONLY | pin_flags); }));
}

descriptor pin_of_holder(const struct stat&, dev_t, ino_t) { return {}; }

descriptor open_pinned(const descriptor& pin, const char* path, int mode) noexcept {
  if (mode == O_RDONLY) return descriptor(::fcntl(pin.get(), F_DUPFD_CLOEXEC, 0));
  return descriptor(retry([&] { return ::open(path, mode | pin_flags); }));
}

}  // namespace isthmus::detail
