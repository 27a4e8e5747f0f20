// SPDX-License-Identifier: MIT
#include "posix/owners/record_lock.hpp"

#include <fcntl.h>

namespace isthmus::detail {
namespace {

struct flock whole_file(short type) noexcept {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

bool lock_record(int fd) noexcept {
  struct flock lock = whole_file(F_WRLCK);
  return ::fcntl(fd, F_SETLK, &lock) == 0;
}

bool record_locked(int fd) noexcept {
  // Its process has it for writing. Whoever may read the file can lock it for reading, which is no
  // sign of life, so that is not asked for.
  struct flock lock = whole_file(F_RDLCK);
  return ::fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

}  // namespace isthmus::detail
