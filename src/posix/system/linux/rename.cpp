// SPDX-License-Identifier: MIT
#include "posix/system/rename.hpp"

#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace isthmus::detail {

int rename_new(int directory, const char* from, const char* to) noexcept {
  if (::syscall(SYS_renameat2, directory, from, directory, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != ENOSYS && errno != EINVAL) return errno;  // an old kernel, or file system
  if (::renameat(directory, from, directory, to) == 0) return 0;
  return errno == ENOTEMPTY ? EEXIST : errno;
}

}  // namespace isthmus::detail
