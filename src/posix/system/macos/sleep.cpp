// SPDX-License-Identifier: MIT
//
// By the header os/os_sync_wait_on_address.h (macOS 14.4 and later). The kernel watches one word at
// a time and does not tell how many it has woken, so grants of the dead are found by those who
// look, not by whoever gives.
#include "posix/system/sleep.hpp"

#include "posix/system/retry.hpp"

#include <os/clock.h>
#include <os/os_sync_wait_on_address.h>

#include <algorithm>
#include <cerrno>

namespace isthmus::detail {
namespace {

void* address_of(const std::atomic<std::uint32_t>& word) noexcept {
  return const_cast<std::atomic<std::uint32_t>*>(&word);
}

}  // namespace

const bool portable_engine = false;
const std::chrono::nanoseconds longest_sleep = std::chrono::milliseconds(250);

void sleep_on(std::span<const watched_word> words,
              std::chrono::steady_clock::time_point deadline) noexcept {
  std::chrono::nanoseconds limit = deadline - std::chrono::steady_clock::now();
  if (limit <= limit.zero()) return;
  // On one word of several we have to look at the others soon.
  if (words.size() > 1) limit = std::min<std::chrono::nanoseconds>(limit, shortest_sleep);
  const int result = ::os_sync_wait_on_address_with_timeout(
      address_of(*words.front().word), words.front().value, sizeof(std::uint32_t),
      OS_SYNC_WAIT_ON_ADDRESS_SHARED, OS_CLOCK_MACH_ABSOLUTE_TIME,
      static_cast<std::uint64_t>(limit.count()));
  if (result < 0 && errno != ETIMEDOUT && !interrupted()) pause_on(words, deadline);
}

std::uint32_t wake(const std::atomic<std::uint32_t>& word, std::uint32_t most) noexcept {
  const int before = errno;  // this may run in a signal handler
  if (most == 1)
    ::os_sync_wake_by_address_any(address_of(word), sizeof word, OS_SYNC_WAKE_BY_ADDRESS_SHARED);
  else
    ::os_sync_wake_by_address_all(address_of(word), sizeof word, OS_SYNC_WAKE_BY_ADDRESS_SHARED);
  errno = before;
  return most;
}

}  // namespace isthmus::detail
