// SPDX-License-Identifier: MIT
//
// Moments as the C library's waits have them.
#pragma once

#include <chrono>
#include <ctime>

namespace isthmus::veneer {

/// What the wall clock shows in so much time, which is less than a second.
inline timespec wall_clock_in(std::chrono::milliseconds time) noexcept {
  timespec when{};
  ::clock_gettime(CLOCK_REALTIME, &when);
  const auto later = std::chrono::nanoseconds(when.tv_nsec) + time;  // less than two seconds
  when.tv_sec += later >= std::chrono::seconds(1) ? 1 : 0;
  when.tv_nsec = static_cast<long>((later % std::chrono::seconds(1)).count());
  return when;
}

}  // namespace isthmus::veneer
