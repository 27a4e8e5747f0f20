// SPDX-License-Identifier: MIT
#include "pause.hpp"

#include "posix/system/no_cancel.hpp"
#include "posix/system/retry.hpp"

#include <poll.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

namespace isthmus::detail {

void pause_for(std::chrono::nanoseconds time) noexcept {
  const no_cancel whole;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  struct timespec wanted {};
  wanted.tv_sec = static_cast<std::time_t>(seconds.count());
  wanted.tv_nsec = static_cast<long>((time - seconds).count());
  // A signal ends it. To go on after each would never end in a storm of signals, because the system
  // adds a little to each part.
  if (::nanosleep(&wanted, nullptr) == 0 || interrupted()) return;
  // A sandbox: whoever looks again at once would spin.
  const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(
      std::min<std::chrono::nanoseconds>(time, std::chrono::seconds(1)));
  if (::poll(nullptr, 0, static_cast<int>(rounded.count())) != 0) ::sched_yield();
}

}  // namespace isthmus::detail
