// SPDX-License-Identifier: MIT
#include "posix/names/life_lock.hpp"

#include <fcntl.h>

#include <cerrno>

namespace isthmus::detail {
namespace {

struct flock request(short type) noexcept {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = 0;
  lock.l_len = 1;
  return lock;
}

int set(int fd, short type) noexcept {
  struct flock lock = request(type);
  if (::fcntl(fd, F_OFD_SETLK, &lock) == 0) return 0;
  return errno == EACCES ? EAGAIN : errno;
}

}  // namespace

int hold(int fd) noexcept { return set(fd, F_RDLCK); }

int claim_removal(int fd) noexcept { return set(fd, F_WRLCK); }

int let_go(int fd) noexcept { return set(fd, F_UNLCK); }

life ask(int fd) noexcept {
  struct flock lock = request(F_WRLCK);
  if (::fcntl(fd, F_OFD_GETLK, &lock) != 0) return life::unknown;
  if (lock.l_type == F_UNLCK) return life::dead;
  return lock.l_type == F_RDLCK ? life::held : life::being_removed;
}

}  // namespace isthmus::detail
