// SPDX-License-Identifier: MIT
//
// Waiting: the results, and how time limits are understood.
//
// A duration is a time limit on the monotonic clock, so setting the wall clock does not move it.
// Zero (and less) tests and does not block; the largest duration means "a very long time". A wait
// never ends early. A time point of another clock is followed by that clock. "No limit" is the form
// without a time. Reference: WAIT-01, WAIT-02, TMR-13.
#pragma once

#include <isthmus/platform.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>

namespace isthmus {

/// How a wait ended.
enum class wait_status {
  signaled,   ///< satisfied; a mutex is now owned
  abandoned,  ///< satisfied and owned, but the previous owner ended without unlocking: look at the
              ///< data that the mutex guards before you trust them (MTX-07)
  timeout,    ///< the limit passed; nothing changed
  failed,     ///< an error, in the forms that report by std::error_code
};

/// "signaled", "abandoned", "timeout" or "failed".
[[nodiscard]] ISTHMUS_API std::string_view to_string(wait_status value) noexcept;

namespace detail {

/// Any duration as nanoseconds: rounded up, negative becomes zero, too large saturates.
template <class Rep, class Period>
[[nodiscard]] constexpr std::chrono::nanoseconds limit_of(
    const std::chrono::duration<Rep, Period>& d) noexcept {
  constexpr std::chrono::duration<double> far{9.2e9};  // a little less than 2^63 ns: 291 years
  if (!(d > d.zero())) return std::chrono::nanoseconds::zero();  // NaN is zero as well
  if (std::chrono::duration<double>(d) >= far) return std::chrono::nanoseconds::max();
  return std::chrono::ceil<std::chrono::nanoseconds>(d);
}

/// Waits until `when` by `Clock`: `attempt(limit)` is asked with ever new limits, because a clock
/// that can be set may jump while we wait.
template <class Clock, class Duration, class Attempt>
auto until(const std::chrono::time_point<Clock, Duration>& when, Attempt attempt) {
  using namespace std::chrono_literals;
  for (;;) {
    const auto now = Clock::now();
    const auto left = when > now ? limit_of(when - now) : std::chrono::nanoseconds::zero();
    const auto slice = Clock::is_steady ? left : std::min<std::chrono::nanoseconds>(left, 100ms);
    const auto result = attempt(slice);
    if (result || left == left.zero()) return result;
  }
}

}  // namespace detail
}  // namespace isthmus
