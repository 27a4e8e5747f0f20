// SPDX-License-Identifier: MIT
//
// By flock, which has no question: to learn of a lock is to try and take it. That would disturb
// others, were it not that whoever tries has the turn of the name. Two traps of it:
//
//   - To turn a shared lock into an exclusive one is to give it up and try for the other. Where
//     that fails nothing is left, so who asks holds nothing, and who lets go need not hold again.
//   - A process that dies may give back its turn an instant before its other locks. So a lock that
//     is in the way is first made out to be a holder's, which a second shared one can join.
#include "posix/names/life_lock.hpp"

#include "posix/system/retry.hpp"

#include <sys/file.h>

#include <cerrno>

namespace isthmus::detail {
namespace {

int lock(int fd, int how) noexcept {
  if (retry([&] { return ::flock(fd, how | LOCK_NB); }) == 0) return 0;
  return errno == EWOULDBLOCK ? EAGAIN : errno;
}

}  // namespace

int hold(int fd) noexcept { return lock(fd, LOCK_SH); }

int claim_removal(int fd) noexcept { return lock(fd, LOCK_EX); }

int let_go(int fd) noexcept { return lock(fd, LOCK_UN); }

life ask(int fd) noexcept {
  for (bool joined = false;; joined = true) {
    int error = lock(fd, LOCK_EX);
    if (error == 0) {
      (void)let_go(fd);
      return life::dead;
    }
    if (error != EAGAIN) return life::unknown;
    // It is in the way of a claim although no remover can be there: somebody holds the object.
    if (joined) return life::held;
    error = lock(fd, LOCK_SH);
    if (error == EAGAIN) return life::being_removed;
    if (error != 0) return life::unknown;
  }
}

}  // namespace isthmus::detail
