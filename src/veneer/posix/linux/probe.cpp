// SPDX-License-Identifier: MIT
//
// Calls that look at memory first and then do nothing. Their arguments are whole words, which lie
// in one page.
#include "../../pages.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace isthmus::veneer {
namespace {

std::uintptr_t word_at(const void* address, std::uintptr_t size) noexcept {
  return reinterpret_cast<std::uintptr_t>(address) / size * size;
}

bool is_fault(long result) noexcept { return result == -1 && errno == EFAULT; }

/// Leaves errno, which the program may still want.
class kept_errno {
 public:
  kept_errno() = default;
  kept_errno(const kept_errno&) = delete;
  kept_errno& operator=(const kept_errno&) = delete;
  ~kept_errno() { errno = before_; }

 private:
  int before_ = errno;
};

}  // namespace

/// The set of signals is read before it is seen that nothing can be done with it.
bool can_read(const void* address) noexcept {
  const kept_errno kept;
  constexpr int no_such_change = -1;
  constexpr long size = _NSIG / 8;
  const std::uintptr_t word = word_at(address, size);
  const std::uintptr_t place = word != 0 ? word : size;  // NULL would be no set, which is not read
  return !is_fault(::syscall(SYS_rt_sigprocmask, no_such_change, place, 0L, size));
}

/// Zero is added to a word, in one step for all other threads. Then somebody who sleeps on the word
/// may be woken, if it is far below zero, which those who sleep so expect at any time.
bool can_write(const void* address) noexcept {
  const kept_errno kept;
  std::uint32_t nobody_sleeps_here = 0;
  constexpr std::uint32_t least = 0x800;  // -2048, in 12 bits
  constexpr std::uint32_t add_zero = FUTEX_OP_ADD << 28 | FUTEX_OP_CMP_LT << 24 | least;
  return !is_fault(::syscall(SYS_futex, &nobody_sleeps_here, FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG, 0L,
                             0L, word_at(address, sizeof(std::uint32_t)), add_zero));
}

}  // namespace isthmus::veneer
