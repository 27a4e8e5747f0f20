// SPDX-License-Identifier: MIT
//
// A turn is an exclusive flock on one of a few files in the directory, which are made when they are
// first needed and stay. The descriptor is opened for each turn: so it excludes threads as well as
// processes, and no fork ever shares it.
#include "posix/names/turn.hpp"

#include "posix/names/lifetime.hpp"
#include "posix/system/back_off.hpp"
#include "posix/system/retry.hpp"
#include "posix/system/seam.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace isthmus::detail {
namespace {

constexpr int turn_flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

/// One try: 0, EAGAIN while another has it, or what else is wrong.
int take(int fd) noexcept {
  if (retry([&] { return ::flock(fd, LOCK_EX | LOCK_NB); }) == 0) return 0;
  return errno == EWOULDBLOCK ? EAGAIN : errno;
}

/// The file, made if need be. The umask of whoever makes it may take away its user's own rights,
/// and a process that is killed right after that cannot give them back; its next user can.
descriptor open_turn_file(int dir, const char* name) noexcept {
  const auto open = [&] {
    return descriptor(retry([&] { return ::openat(dir, name, turn_flags, 0600); }));
  };
  descriptor fd = open();
  if (fd || errno != EACCES) return fd;
  if (::fchmodat(dir, name, 0600, 0) == 0) return open();
  errno = EACCES;
  return fd;
}

/// A file that somebody has removed by force excludes nobody any more.
bool linked(int fd) noexcept {
  struct stat info {};
  return ::fstat(fd, &info) == 0 && info.st_nlink > 0;
}

}  // namespace

turn::turn(const directory& dir, const char* file, patience how) noexcept {
  if (seam::skip_turn) return;
  std::array<char, 16> name{};
  std::snprintf(name.data(), name.size(), ".l%02x", turn_of(file));
  back_off pause;
  do {
    if (!lock_) lock_ = open_turn_file(dir.fd.get(), name.data());
    error_ = lock_ ? take(lock_.get()) : errno;
    if (error_ == 0 && linked(lock_.get())) {
      seam::at(seam::step::turn_taken);
      return;
    }
    if (error_ == 0) {
      lock_.reset();
      error_ = EAGAIN;
    }
    if (error_ != EAGAIN || how == patience::none) break;
    pause.once();
  } while (!pause.too_long());
  lock_.reset();
}

turn::~turn() {
  // Not left to the close: a child between its fork and its exec has a copy of the descriptor.
  if (lock_) ::flock(lock_.get(), LOCK_UN);
}

unsigned turn_of(const char* file) noexcept {
  std::uint32_t value = 0x811C9DC5;
  for (; *file != '\0'; ++file) value = (value ^ static_cast<unsigned char>(*file)) * 0x01000193;
  return (value ^ value >> 16) % turn_count;
}

}  // namespace isthmus::detail
