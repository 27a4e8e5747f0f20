// SPDX-License-Identifier: MIT
#include "posix/system/sleep.hpp"

#include <sched.h>

#include <algorithm>

namespace isthmus::detail {

const bool portable_engine = true;
const std::chrono::nanoseconds longest_sleep = shortest_sleep;

void sleep_on(std::span<const watched_word> words,
              std::chrono::steady_clock::time_point deadline) noexcept {
  using std::chrono::steady_clock;
  for (int i = 0; i < 8; ++i) {
    if (changed(words)) return;
    ::sched_yield();
  }
  // Longer and longer, so that a long wait costs little and a short one is noticed soon.
  std::chrono::nanoseconds pause = std::chrono::microseconds(20);
  while (!changed(words)) {
    const std::chrono::nanoseconds left = deadline - steady_clock::now();
    if (left <= left.zero()) return;
    pause_for(std::min(pause, left));
    pause = std::min<std::chrono::nanoseconds>(2 * pause, std::chrono::milliseconds(1));
  }
}

std::uint32_t wake(const std::atomic<std::uint32_t>&, std::uint32_t) noexcept { return 0; }

}  // namespace isthmus::detail
