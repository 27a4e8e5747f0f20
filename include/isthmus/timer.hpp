// SPDX-License-Identifier: MIT
//
// Waitable timers: set by the clock, by name, between processes.
//
//     auto beat = isthmus::timer::create({.name = "beat"});
//     beat.arm(100ms, 20ms);           // first in 100 ms, then every 20 ms
//     while (isthmus::wait_any({stop, beat}).index == 1) next_frame();
//
// A timer is made inactive and unset (TMR-01). Once armed, it becomes set when its time has come,
// whoever armed it (TMR-12, TMR-18): there is one schedule for all (TMR-17). A manual timer stays
// set until it is armed anew, through waits and through cancel (TMR-03); an automatic one is unset
// by the wait that it satisfies (TMR-04).
//
// With a period it is set again and again. Beats that nobody has waited for coalesce into one, and
// the beat is kept: a wait that comes late is satisfied at once, the next one is on the beat again
// (TMR-07). For a manual timer a period changes nothing that could be seen (TMR-08).
//
//   Win32   a waitable timer; CreateWaitableTimer, OpenWaitableTimer, SetWaitableTimer. No
//           completion routines, and it does not wake the machine (TMR-12, TMR-15).
//   POSIX   a schedule in shared memory: whoever waits works out when it expires, so an armed timer
//           costs nothing while nobody waits. Where a process is stopped (SIGSTOP) in the middle of
//           arming the same timer, arm() and cancel() are `busy` after 0.2 s.
#pragma once

#include <isthmus/access.hpp>
#include <isthmus/name.hpp>
#include <isthmus/permissions.hpp>
#include <isthmus/platform.hpp>
#include <isthmus/waitable.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace isthmus {

/// How to make a timer.
struct timer_options {
  std::string_view name = {};               ///< empty: unnamed; see name.hpp
  reset_mode mode = reset_mode::automatic;  ///< fixed at creation
  isthmus::scope scope = isthmus::scope::automatic;
  isthmus::permissions permissions = {};
};

/// How to open a timer by its name.
struct timer_open_options {
  std::string_view name = {};  ///< required
  isthmus::access access = isthmus::access::wait | isthmus::access::modify;
  isthmus::scope scope = isthmus::scope::automatic;
};

/// A handle to a timer: a waitable.
class timer : public waitable {
 public:
  timer() noexcept = default;

  /// Makes a new timer. A name that exists is already_exists (or access_denied where it may not be
  /// opened, NAME-22); one of another kind is wrong_kind (NAME-17).
  [[nodiscard]] ISTHMUS_API static timer create(const timer_options& options = {});
  [[nodiscard]] ISTHMUS_API static timer create(const timer_options& options,
                                                std::error_code& ec) noexcept;

  /// Opens the timer of this name (NAME-21: not_found).
  [[nodiscard]] ISTHMUS_API static timer open(const timer_open_options& options);
  [[nodiscard]] ISTHMUS_API static timer open(const timer_open_options& options,
                                              std::error_code& ec) noexcept;

  /// The same, and waits up to `limit` for the name to appear. Any other error ends it at once.
  template <class Rep, class Period>
  [[nodiscard]] static timer open(const timer_open_options& options,
                                  std::chrono::duration<Rep, Period> limit) {
    return open_within(options, detail::limit_of(limit));
  }
  template <class Rep, class Period>
  [[nodiscard]] static timer open(const timer_open_options& options,
                                  std::chrono::duration<Rep, Period> limit,
                                  std::error_code& ec) noexcept {
    return open_within(options, detail::limit_of(limit), ec);
  }

  /// Opens the timer of this name as it is, whatever the other options say, or makes a new one;
  /// created() tells which. Of any number of callers at once exactly one creates.
  [[nodiscard]] ISTHMUS_API static timer open_or_create(const timer_options& options);
  [[nodiscard]] ISTHMUS_API static timer open_or_create(const timer_options& options,
                                                        std::error_code& ec) noexcept;

  /// Sets the timer `due` from now, on the monotonic clock (zero or less: at once), and then every
  /// `period` (zero: not again; negative, or more than 2^31-1 ms: invalid_argument, TMR-09). A
  /// schedule that was there before is replaced, and those who wait go on waiting (TMR-05); the
  /// timer is unset first (TMR-06). Needs access::modify (TMR-14).
  template <class Rep, class Period>
  void arm(std::chrono::duration<Rep, Period> due, std::chrono::milliseconds period = {}) {
    arm_in(detail::limit_of(due), period);
  }
  template <class Rep, class Period>
  void arm(std::chrono::duration<Rep, Period> due, std::chrono::milliseconds period,
           std::error_code& ec) noexcept {
    arm_in(detail::limit_of(due), period, ec);
  }

  /// The same at a time of the wall clock, which it follows if that is set meanwhile (TMR-13). A
  /// time that has passed: at once (TMR-02). The period counts from then on, monotonically.
  ISTHMUS_API void arm(std::chrono::system_clock::time_point due,
                       std::chrono::milliseconds period = {});
  ISTHMUS_API void arm(std::chrono::system_clock::time_point due, std::chrono::milliseconds period,
                       std::error_code& ec) noexcept;
  /// The same with a time in any unit, however far away.
  template <class Duration>
  void arm(std::chrono::time_point<std::chrono::system_clock, Duration> due,
           std::chrono::milliseconds period = {}) {
    arm(by_clock(due.time_since_epoch()), period);
  }
  template <class Duration>
  void arm(std::chrono::time_point<std::chrono::system_clock, Duration> due,
           std::chrono::milliseconds period, std::error_code& ec) noexcept {
    arm(by_clock(due.time_since_epoch()), period, ec);
  }

  /// Takes the schedule away. Whether the timer is set stays as it is (TMR-10).
  ISTHMUS_API void cancel();
  ISTHMUS_API void cancel(std::error_code& ec) noexcept;

  /// Another handle to the same timer, with the same or with other rights (DUP-02, DUP-03).
  [[nodiscard]] ISTHMUS_API timer duplicate() const;
  [[nodiscard]] ISTHMUS_API timer duplicate(std::error_code& ec) const noexcept;
  [[nodiscard]] ISTHMUS_API timer duplicate(isthmus::access access) const;
  [[nodiscard]] ISTHMUS_API timer duplicate(isthmus::access access,
                                            std::error_code& ec) const noexcept;

 private:
  friend struct detail::native_access;
  explicit timer(detail::dispatcher* state) noexcept : waitable(state) {}
  template <class Duration>
  static std::chrono::system_clock::time_point by_clock(const Duration& since_epoch) noexcept {
    using clock = std::chrono::system_clock;
    return clock::time_point(detail::saturated<clock::duration>(since_epoch));
  }
  ISTHMUS_API void arm_in(std::chrono::nanoseconds due, std::chrono::milliseconds period);
  ISTHMUS_API void arm_in(std::chrono::nanoseconds due, std::chrono::milliseconds period,
                          std::error_code& ec) noexcept;
  ISTHMUS_API static timer open_within(const timer_open_options& options,
                                       std::chrono::nanoseconds limit);
  ISTHMUS_API static timer open_within(const timer_open_options& options,
                                       std::chrono::nanoseconds limit,
                                       std::error_code& ec) noexcept;
};

}  // namespace isthmus
