// SPDX-License-Identifier: MIT
#include "posix/system/sleepers.hpp"

#include "posix/system/linux/futex_waitv.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <ctime>

namespace isthmus::detail {
namespace {

/// Without futex_waitv, a wait for several objects sleeps on the first one's word only. A call for
/// no words at all is always wrong, and its error tells whether the kernel has the call.
bool sleeps_on_each() noexcept {
  ::syscall(number_of_futex_waitv, nullptr, 0, 0, nullptr, CLOCK_MONOTONIC);
  return errno == EINVAL;
}

}  // namespace

std::optional<std::uint32_t> sleepers_on(const std::atomic<std::uint32_t>& word) noexcept {
  if (!sleeps_on_each()) return std::nullopt;
  // Moves all sleepers from the word to the same word, which leaves them where they are and counts
  // them.
  constexpr long all = INT_MAX;
  const long count = ::syscall(SYS_futex, &word, FUTEX_REQUEUE, 0, all, &word, 0);
  if (count < 0) return std::nullopt;
  return static_cast<std::uint32_t>(count);
}

}  // namespace isthmus::detail
