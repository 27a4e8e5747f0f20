// SPDX-License-Identifier: MIT
#include "pause.hpp"

#include "no_cancel.hpp"

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
  ::nanosleep(&wanted, nullptr);
}

}  // namespace isthmus::detail
