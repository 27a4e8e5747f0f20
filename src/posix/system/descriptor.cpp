// SPDX-License-Identifier: MIT
#include "posix/system/descriptor.hpp"

#include <fcntl.h>

#include <cerrno>

namespace isthmus::detail {

int descriptor::above_standard(int fd) noexcept {
  const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int error = errno;
  ::close(fd);
  errno = error;
  return moved;
}

}  // namespace isthmus::detail
