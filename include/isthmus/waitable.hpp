// SPDX-License-Identifier: MIT
//
// What can be waited for: what mutexes, semaphores, events and timers have in common; the results
// of waits, and how time limits are understood.
//
// A duration is a time limit on the monotonic clock, so setting the wall clock does not move it,
// and time that the machine sleeps does not count (WAIT-02). Zero (and less) tests and does not
// block; the largest duration means "a very long time". A wait never ends early, and never without
// a reason (WAIT-22). A time point of another clock is followed by that clock. "No limit" is the
// form without a time. Reference: WAIT-01, TMR-13.
#pragma once

#include <isthmus/access.hpp>
#include <isthmus/owned_state.hpp>
#include <isthmus/permissions.hpp>
#include <isthmus/platform.hpp>

#include <chrono>
#include <string_view>
#include <system_error>
#include <utility>

namespace isthmus {

namespace detail {
struct dispatcher;
inline constexpr auto no_limit = std::chrono::nanoseconds::max();

struct close_dispatcher {
  ISTHMUS_API void operator()(dispatcher* state) const noexcept;
};
struct native_access;
}  // namespace detail

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

/// When an event or a timer that is set becomes unset again.
enum class reset_mode {
  automatic,  ///< by the wait that it satisfies, one for each time it is set
  manual,     ///< by reset() (event) or arm() (timer); until then it satisfies every wait
};

/// "automatic" or "manual".
[[nodiscard]] ISTHMUS_API std::string_view to_string(reset_mode value) noexcept;

namespace detail {

/// Any duration as nanoseconds: rounded up, negative becomes zero, too large saturates.
template <class Rep, class Period>
[[nodiscard]] constexpr std::chrono::nanoseconds limit_of(
    const std::chrono::duration<Rep, Period>& d) noexcept {
  constexpr std::chrono::duration<double> most{9.2e9};  // a little less than 2^63 ns: 291 years
  if (!(d > d.zero())) return std::chrono::nanoseconds::zero();  // NaN is zero as well
  if (std::chrono::duration<double>(d) >= most) return std::chrono::nanoseconds::max();
  return std::chrono::ceil<std::chrono::nanoseconds>(d);
}

/// Waits until `when` by `Clock`: `attempt(limit)` is asked with ever new limits as long as it
/// gives `not_yet`, because a clock that can be set may jump while we wait.
template <class Clock, class Duration, class Result, class Attempt>
Result until(const std::chrono::time_point<Clock, Duration>& when, Result not_yet,
             Attempt attempt) {
  using namespace std::chrono_literals;
  for (;;) {
    const auto now = Clock::now();
    const auto left = when > now ? limit_of(when - now) : std::chrono::nanoseconds::zero();
    const auto slice = Clock::is_steady || left < 100ms ? left : std::chrono::nanoseconds(100ms);
    const Result result = attempt(slice);
    if (!(result == not_yet) || left == left.zero()) return result;
  }
}

}  // namespace detail

/// What all objects that can be waited for have in common: mutex, semaphore, event, timer.
///
/// A handle. Move-only; empty when moved from, closed, or default-made. It may be used by several
/// threads at once, except while it is moved, assigned or closed; in particular a handle must not
/// be closed while another thread waits through it (LIFE-08).
class waitable {
 public:
  /// Waits as long as it takes: `signaled`, or `abandoned` for a mutex whose owner died. Needs
  /// access::wait.
  ISTHMUS_API wait_status wait();
  ISTHMUS_API wait_status wait(std::error_code& ec) noexcept;

  /// Waits for at most `limit`.
  template <class Rep, class Period>
  [[nodiscard]] wait_status wait_for(std::chrono::duration<Rep, Period> limit) {
    return wait_within(detail::limit_of(limit));
  }
  template <class Rep, class Period>
  [[nodiscard]] wait_status wait_for(std::chrono::duration<Rep, Period> limit,
                                     std::error_code& ec) noexcept {
    return wait_within(detail::limit_of(limit), ec);
  }

  /// Waits until a time by any clock.
  template <class Clock, class Duration>
  [[nodiscard]] wait_status wait_until(std::chrono::time_point<Clock, Duration> when) {
    return detail::until(when, wait_status::timeout,
                         [this](std::chrono::nanoseconds limit) { return wait_within(limit); });
  }
  template <class Clock, class Duration>
  [[nodiscard]] wait_status wait_until(std::chrono::time_point<Clock, Duration> when,
                                       std::error_code& ec) noexcept {
    return detail::until(when, wait_status::timeout,
                         [&](std::chrono::nanoseconds limit) { return wait_within(limit, ec); });
  }

  /// Whether this is not empty. All other functions want a handle that is not: those that can fail
  /// report invalid_argument, the others return nothing, false or none.
  explicit operator bool() const noexcept { return static_cast<bool>(state_); }

  /// Whether this handle's call made the object (open_or_create may also have found it).
  [[nodiscard]] ISTHMUS_API bool created() const noexcept;
  /// Without its prefix; empty if unnamed. Valid as long as the handle.
  [[nodiscard]] ISTHMUS_API std::string_view name() const noexcept;
  /// The rights of this handle.
  [[nodiscard]] ISTHMUS_API isthmus::access access() const noexcept;
  /// Who made the object, so that a careful opener can check (ACL-13).
  [[nodiscard]] ISTHMUS_API creator_info creator() const;
  [[nodiscard]] ISTHMUS_API creator_info creator(std::error_code& ec) const noexcept;

  /// Gives the handle up; the object goes with the last handle (LIFE-01, LIFE-04). Closing an empty
  /// handle does nothing. The destructor does the same and cannot report.
  ISTHMUS_API void close();
  ISTHMUS_API void close(std::error_code& ec) noexcept;

 protected:
  waitable() noexcept = default;
  ISTHMUS_API explicit waitable(detail::dispatcher* state) noexcept;
  waitable(waitable&& other) noexcept
      : state_(std::move(other.state_)), word_(std::exchange(other.word_, nullptr)) {}
  waitable& operator=(waitable&& other) noexcept {
    state_ = std::move(other.state_);
    word_ = std::exchange(other.word_, nullptr);
    return *this;
  }
  ~waitable() = default;

  ISTHMUS_API wait_status wait_within(std::chrono::nanoseconds limit);
  ISTHMUS_API wait_status wait_within(std::chrono::nanoseconds limit, std::error_code& ec) noexcept;

  detail::owned_state<detail::dispatcher, detail::close_dispatcher> state_;
  void* word_ = nullptr;  // the state's hot word, at hand where the backend has one

 private:
  friend struct detail::native_access;
};

}  // namespace isthmus
