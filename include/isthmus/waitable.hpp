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
#include <cstdint>
#include <ratio>
#include <string_view>
#include <system_error>
#include <type_traits>
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

/// Any duration in units of To: rounded up, and where To cannot hold it, the nearest that it can.
/// Not a number is zero. All conversions of times that a caller chooses go through this one.
template <class To, class Rep, class Period>
[[nodiscard]] constexpr To saturated(const std::chrono::duration<Rep, Period>& d) noexcept {
  using unit = typename To::period;
  using factor = std::ratio_divide<Period, unit>;
  using number = typename To::rep;
  constexpr bool integral = std::is_integral_v<Rep>;
  if constexpr (integral && (factor::num == 1 || factor::den == 1)) {
    using wide = std::conditional_t<std::is_signed_v<Rep>, std::intmax_t, std::uintmax_t>;
    const wide count = static_cast<wide>(d.count()) / static_cast<wide>(factor::den);
    const bool more = static_cast<wide>(d.count()) > count * static_cast<wide>(factor::den);
    if (count >= static_cast<wide>(To::max().count() / factor::num)) {
      const bool fits = count == static_cast<wide>(To::max().count() / factor::num) && !more;
      return fits ? To(static_cast<number>(count) * factor::num) : To::max();
    }
    if constexpr (std::is_signed_v<Rep>)
      if (count < To::min().count() / factor::num) return To::min();
    return To(static_cast<number>(count) * factor::num + (more ? 1 : 0));
  } else {
    // Well inside the borders, where no step below can overflow.
    constexpr double most = std::chrono::duration<double>(To::max()).count() * 0.999999;
    const double seconds = std::chrono::duration<double>(d).count();
    if (seconds != seconds) return To::zero();
    if (seconds >= most) return To::max();
    if (seconds <= -most) return To::min();
    if constexpr (integral) {
      const auto whole = std::chrono::duration_cast<std::chrono::seconds>(d);
      return saturated<To>(whole) + std::chrono::ceil<To>(d - whole);
    } else {
      return std::chrono::ceil<To>(d);
    }
  }
}

/// Any duration as a time limit: none is negative.
template <class Rep, class Period>
[[nodiscard]] constexpr std::chrono::nanoseconds limit_of(
    const std::chrono::duration<Rep, Period>& d) noexcept {
  const auto limit = saturated<std::chrono::nanoseconds>(d);
  return limit > limit.zero() ? limit : limit.zero();
}

/// What is left of the time until `when`, both since the epoch of one clock, as a time limit. The
/// difference itself, or one of the two in the other's unit, might be too large for their types.
template <class When, class Now>
[[nodiscard]] constexpr std::chrono::nanoseconds time_left(const When& when,
                                                           const Now& now) noexcept {
  using std::chrono::nanoseconds;
  using std::chrono::seconds;
  // Whole seconds towards zero, and what is left of each.
  const auto whole = [](const auto& d) {
    const auto up = saturated<seconds>(d);
    const bool beyond = up == up.max() || up == up.min();
    return beyond ? up : std::chrono::duration_cast<seconds>(d);
  };
  const auto rest = [](const auto& d, seconds of) {
    return of == of.max() || of == of.min() ? nanoseconds::zero() : saturated<nanoseconds>(d - of);
  };
  const seconds later = whole(when);
  const seconds earlier = whole(now);
  constexpr seconds most{9'000'000'000};  // a little less than 2^63 ns
  if (later / 2 - earlier / 2 >= most / 2) return nanoseconds::max();
  if (later / 2 - earlier / 2 <= -most / 2) return nanoseconds::zero();
  return limit_of(nanoseconds(later - earlier) + rest(when, later) - rest(now, earlier));
}

/// What is left until `when` by `Clock`. One that can be set may jump while we wait, so of that not
/// more than a slice at a time.
template <class Clock, class Duration>
[[nodiscard]] std::chrono::nanoseconds slice_until(
    const std::chrono::time_point<Clock, Duration>& when) {
  constexpr std::chrono::nanoseconds slice = std::chrono::milliseconds(100);
  const auto left = time_left(when.time_since_epoch(), Clock::now().time_since_epoch());
  return Clock::is_steady || left < slice ? left : slice;
}

/// Waits until `when` by `Clock`: `attempt(limit)` is asked with ever new limits as long as it
/// gives `not_yet`.
template <class Clock, class Duration, class Result, class Attempt>
Result until(const std::chrono::time_point<Clock, Duration>& when, Result not_yet,
             Attempt attempt) {
  for (;;) {
    const auto left = slice_until(when);
    const Result result = attempt(left);
    if (!(result == not_yet) || left == left.zero()) return result;
  }
}

/// What a wait asks for another limit when the one that it had has passed. Zero: there is none.
class longer_wait {
 public:
  longer_wait() noexcept = default;
  /// `ask` gives the limit; it is not copied.
  template <class Ask>
  explicit longer_wait(const Ask& ask) noexcept
      : context_(&ask),
        ask_([](const void* context) { return (*static_cast<const Ask*>(context))(); }) {}

  std::chrono::nanoseconds operator()() const {
    return ask_ != nullptr ? ask_(context_) : std::chrono::nanoseconds::zero();
  }

 private:
  const void* context_ = nullptr;
  std::chrono::nanoseconds (*ask_)(const void*) = nullptr;
};

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
