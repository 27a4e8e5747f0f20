// SPDX-License-Identifier: MIT
//
// Clocks as shared memory has them: nanoseconds in 64 bits. The monotonic one is the same for all
// processes of the machine (but for time namespaces) and stands still while the machine sleeps.
#pragma once

#include "posix/system/seam.hpp"

#include <isthmus/waitable.hpp>

#include <chrono>
#include <cstdint>
#include <ctime>

namespace isthmus::detail {

inline std::uint64_t monotonic_of(std::chrono::steady_clock::time_point when) noexcept {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(when.time_since_epoch()).count());
}
inline std::uint64_t monotonic_now() noexcept {
  return monotonic_of(std::chrono::steady_clock::now());
}
/// The same clock, some milliseconds late where that costs less.
inline std::uint64_t monotonic_lately() noexcept {
#ifdef CLOCK_MONOTONIC_COARSE
  std::timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return monotonic_of(std::chrono::steady_clock::time_point(std::chrono::seconds(now.tv_sec) +
                                                            std::chrono::nanoseconds(now.tv_nsec)));
#else
  return monotonic_now();
#endif
}
/// The moment so much later, or the last there is.
inline std::chrono::steady_clock::time_point later(std::chrono::steady_clock::time_point start,
                                                   std::chrono::nanoseconds time) noexcept {
  using moment = std::chrono::steady_clock::time_point;
  return time < moment::max() - start ? start + time : moment::max();
}
constexpr std::uint64_t in_nanoseconds(std::chrono::nanoseconds time) noexcept {
  return static_cast<std::uint64_t>(time.count());
}
inline std::chrono::steady_clock::time_point steady_at(std::uint64_t monotonic) noexcept {
  using std::chrono::steady_clock;
  const std::chrono::duration<std::uint64_t, std::nano> since(monotonic);
  return steady_clock::time_point(saturated<steady_clock::duration>(since));
}

/// Nanoseconds since 1970. Tests can set this clock without setting the machine's.
inline std::uint64_t wall_now() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch() +
                   std::chrono::nanoseconds(seam::wall_clock_shift());
  return in_nanoseconds(limit_of(now));
}

}  // namespace isthmus::detail
