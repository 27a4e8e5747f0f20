// SPDX-License-Identifier: MIT
//
// By the manual, _umtx_op(2). The kernel watches one word at a time and does not tell how many it
// has woken, so grants of the dead are found by those who look, not by whoever gives.
#include "posix/system/sleep.hpp"

#include "posix/system/retry.hpp"

#include <sys/types.h>
#include <sys/umtx.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <ctime>

namespace isthmus::detail {

const bool portable_engine = false;
const std::chrono::nanoseconds longest_sleep = std::chrono::milliseconds(250);

void sleep_on(std::span<const watched_word> words,
              std::chrono::steady_clock::time_point deadline) noexcept {
  // On one word of several we have to look at the others soon.
  if (words.size() > 1)
    deadline = std::min<std::chrono::steady_clock::time_point>(
        deadline, std::chrono::steady_clock::now() + shortest_sleep);
  const auto since = deadline.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  _umtx_time until{};
  until._timeout.tv_sec = static_cast<time_t>(seconds.count());
  until._timeout.tv_nsec = static_cast<long>(std::chrono::nanoseconds(since - seconds).count());
  until._flags = UMTX_ABSTIME;
  until._clockid = CLOCK_MONOTONIC;
  auto* const word = const_cast<std::atomic<std::uint32_t>*>(words.front().word);
  const int result = ::_umtx_op(word, UMTX_OP_WAIT_UINT, words.front().value,
                                std::bit_cast<void*>(sizeof until), &until);
  if (result < 0 && errno != ETIMEDOUT && !interrupted()) pause_on(words, deadline);
}

std::uint32_t wake(const std::atomic<std::uint32_t>& word, std::uint32_t most) noexcept {
  const int before = errno;  // this may run in a signal handler
  ::_umtx_op(const_cast<std::atomic<std::uint32_t>*>(&word), UMTX_OP_WAKE, most, nullptr, nullptr);
  errno = before;
  return most;
}

}  // namespace isthmus::detail
