// SPDX-License-Identifier: MIT
//
// Waiting for any or for all of several objects, of whatever kinds, between processes.
//
//     auto more = isthmus::semaphore::open({.name = "orders.more"}, 5s);
//     auto stop = isthmus::event::open({.name = "orders.stop"}, 5s);
//     while (isthmus::wait_any({stop, more}).index == 1) serve_one();
//
// A wait that is satisfied changes the objects that satisfied it, and no other (WAIT-03): a mutex
// is owned, a semaphore has one permit less, an automatic event or timer is unset; manual ones stay
// as they are. A wait that fails or times out changes nothing. Which of several waiters comes next
// is not specified (WAIT-21, SEM-11).
//
//   Win32   WaitForMultipleObjects, SignalObjectAndWait
//   POSIX   a sleep on words in shared memory. A wait for all of several objects reserves them one
//           after the other when it finds all of them ready, and has them some 100 ns later; a
//           process that is stopped (SIGSTOP) in there holds up whoever wants to take one of these
//           objects until it goes on. Their time limits hold all the same.
#pragma once

#include <isthmus/platform.hpp>
#include <isthmus/waitable.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <system_error>

namespace isthmus {

/// One object of a wait for several: a reference, made of the object itself.
class wait_ref {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): so that lists of objects read as such
  wait_ref(waitable& object) noexcept : object_(&object) {}
  [[nodiscard]] waitable& get() const noexcept { return *object_; }

 private:
  waitable* object_;
};

/// The objects of a wait, in order: `{stop, more}`, or whatever a span of wait_ref can be made of.
class wait_list {
 public:
  // NOLINTBEGIN(google-explicit-constructor): a parameter's type only
  wait_list(std::initializer_list<wait_ref> objects) noexcept
      : objects_(objects.begin(), objects.size()) {}
  template <std::convertible_to<std::span<const wait_ref>> Objects>
  wait_list(const Objects& objects) noexcept : objects_(objects) {}
  // NOLINTEND(google-explicit-constructor)
  [[nodiscard]] std::span<const wait_ref> objects() const noexcept { return objects_; }

 private:
  std::span<const wait_ref> objects_;
};

/// The most objects in one wait (WAIT-04).
inline constexpr std::size_t max_wait_objects = 64;

/// How a wait for several objects ended.
struct wait_result {
  wait_status status = wait_status::failed;
  std::size_t index = 0;  ///< wait_any: which object satisfied it; otherwise 0

  friend bool operator==(const wait_result&, const wait_result&) = default;
};

namespace detail {
enum class wait_kind { any, all };
ISTHMUS_API wait_result wait_many(wait_kind kind, const wait_list& list,
                                  std::chrono::nanoseconds limit);
ISTHMUS_API wait_result wait_many(wait_kind kind, const wait_list& list,
                                  std::chrono::nanoseconds limit, std::error_code& ec) noexcept;
ISTHMUS_API wait_status signal_and_wait(waitable& signaled, waitable& awaited,
                                        std::chrono::nanoseconds limit, const longer_wait& more);
ISTHMUS_API wait_status signal_and_wait(waitable& signaled, waitable& awaited,
                                        std::chrono::nanoseconds limit, const longer_wait& more,
                                        std::error_code& ec) noexcept;
}  // namespace detail

/// Waits until one of 1 to 64 objects satisfies it; `index` tells which, and only that one changes
/// (WAIT-05). Of several that are ready at the start it is the first of the list; after that,
/// whichever becomes ready first (WAIT-06). `abandoned` is that of the mutex at `index` (WAIT-09).
/// A mutex that the thread owns already is ready, and is owned once more (WAIT-11). An object may
/// be in the list twice. Every handle needs access::wait; all of them are checked before anything
/// changes (WAIT-13).
inline wait_result wait_any(const wait_list& list) {
  return detail::wait_many(detail::wait_kind::any, list, detail::no_limit);
}
inline wait_result wait_any(const wait_list& list, std::error_code& ec) noexcept {
  return detail::wait_many(detail::wait_kind::any, list, detail::no_limit, ec);
}

/// The same for at most `limit`.
template <class Rep, class Period>
[[nodiscard]] wait_result wait_any_for(const wait_list& list,
                                       std::chrono::duration<Rep, Period> limit) {
  return detail::wait_many(detail::wait_kind::any, list, detail::limit_of(limit));
}
template <class Rep, class Period>
[[nodiscard]] wait_result wait_any_for(const wait_list& list,
                                       std::chrono::duration<Rep, Period> limit,
                                       std::error_code& ec) noexcept {
  return detail::wait_many(detail::wait_kind::any, list, detail::limit_of(limit), ec);
}

/// The same until a time by any clock.
template <class Clock, class Duration>
[[nodiscard]] wait_result wait_any_until(const wait_list& list,
                                         std::chrono::time_point<Clock, Duration> when) {
  return detail::until(when, wait_result{wait_status::timeout},
                       [&](std::chrono::nanoseconds limit) {
                         return detail::wait_many(detail::wait_kind::any, list, limit);
                       });
}
template <class Clock, class Duration>
[[nodiscard]] wait_result wait_any_until(const wait_list& list,
                                         std::chrono::time_point<Clock, Duration> when,
                                         std::error_code& ec) noexcept {
  return detail::until(when, wait_result{wait_status::timeout},
                       [&](std::chrono::nanoseconds limit) {
                         return detail::wait_many(detail::wait_kind::any, list, limit, ec);
                       });
}

/// Waits until all of 1 to 64 objects can be had at once, and takes them at once: until then
/// nothing changes, and nobody ever sees a part of them taken (WAIT-07). `abandoned` where the
/// owner of one of the mutexes died; which one, the system does not tell (WAIT-10), so all of them
/// say abandoned(). The same object twice, also by two handles, is invalid_argument (WAIT-12).
///
/// Others that wait for one of the objects alone do not keep it from this wait: it stands in line
/// with them. On Windows it does so from the beginning. On POSIX it does so when it goes to sleep
/// if they wait by then; else after they have got sixteen releases or sets of the object, or after
/// a quarter of a second, whichever comes first.
///
///   Linux   A release or set goes to whoever has slept longest in the line. With n others there, n
///           up to 15, this wait is satisfied by release or set 17 + n, the 32nd at most, if the
///           other objects are ready, if all these come within 50 ms, and if each of them finds the
///           whole line asleep. Otherwise, and for pulses and timers, no number holds.
inline wait_result wait_all(const wait_list& list) {
  return detail::wait_many(detail::wait_kind::all, list, detail::no_limit);
}
inline wait_result wait_all(const wait_list& list, std::error_code& ec) noexcept {
  return detail::wait_many(detail::wait_kind::all, list, detail::no_limit, ec);
}

/// The same for at most `limit`.
template <class Rep, class Period>
[[nodiscard]] wait_result wait_all_for(const wait_list& list,
                                       std::chrono::duration<Rep, Period> limit) {
  return detail::wait_many(detail::wait_kind::all, list, detail::limit_of(limit));
}
template <class Rep, class Period>
[[nodiscard]] wait_result wait_all_for(const wait_list& list,
                                       std::chrono::duration<Rep, Period> limit,
                                       std::error_code& ec) noexcept {
  return detail::wait_many(detail::wait_kind::all, list, detail::limit_of(limit), ec);
}

/// The same until a time by any clock.
template <class Clock, class Duration>
[[nodiscard]] wait_result wait_all_until(const wait_list& list,
                                         std::chrono::time_point<Clock, Duration> when) {
  return detail::until(when, wait_result{wait_status::timeout},
                       [&](std::chrono::nanoseconds limit) {
                         return detail::wait_many(detail::wait_kind::all, list, limit);
                       });
}
template <class Clock, class Duration>
[[nodiscard]] wait_result wait_all_until(const wait_list& list,
                                         std::chrono::time_point<Clock, Duration> when,
                                         std::error_code& ec) noexcept {
  return detail::until(when, wait_result{wait_status::timeout},
                       [&](std::chrono::nanoseconds limit) {
                         return detail::wait_many(detail::wait_kind::all, list, limit, ec);
                       });
}

/// Signals one object and waits for another, in one call (WAIT-17): unlocks a mutex, releases a
/// semaphore by one, or sets an event; a timer is invalid_argument. The wait's object and rights
/// are checked before the signal is given (WAIT-18). Both may be the same object (WAIT-19).
///
/// The caller counts as waiting before the signal is given. So what others do because of the signal
/// comes after that: an event that one of them sets ends this wait, even if that one waits for the
/// same event next. A mutex and an event make a condition in this way. Otherwise the call is not
/// one step: others may see the signal, and that the awaited object is taken, one before the other
/// (WAIT-20).
///
///   POSIX   up to 7 processes at a time count as waiting for one object however long they are held
///           up between the two steps, stopped ones too. An eighth that is held up for 2 ms or more
///           may find that the answer has gone to whoever waits next.
inline wait_status signal_and_wait(waitable& signaled, waitable& awaited) {
  return detail::signal_and_wait(signaled, awaited, detail::no_limit, {});
}
inline wait_status signal_and_wait(waitable& signaled, waitable& awaited,
                                   std::error_code& ec) noexcept {
  return detail::signal_and_wait(signaled, awaited, detail::no_limit, {}, ec);
}

/// The same, waiting for at most `limit`. After a timeout the signal has been given all the same.
template <class Rep, class Period>
[[nodiscard]] wait_status signal_and_wait_for(waitable& signaled, waitable& awaited,
                                              std::chrono::duration<Rep, Period> limit) {
  return detail::signal_and_wait(signaled, awaited, detail::limit_of(limit), {});
}
template <class Rep, class Period>
[[nodiscard]] wait_status signal_and_wait_for(waitable& signaled, waitable& awaited,
                                              std::chrono::duration<Rep, Period> limit,
                                              std::error_code& ec) noexcept {
  return detail::signal_and_wait(signaled, awaited, detail::limit_of(limit), {}, ec);
}

/// The same, waiting until a time by any clock.
template <class Clock, class Duration>
[[nodiscard]] wait_status signal_and_wait_until(waitable& signaled, waitable& awaited,
                                                std::chrono::time_point<Clock, Duration> when) {
  const auto left = [&] { return detail::slice_until(when); };
  return detail::signal_and_wait(signaled, awaited, left(), detail::longer_wait(left));
}
template <class Clock, class Duration>
[[nodiscard]] wait_status signal_and_wait_until(waitable& signaled, waitable& awaited,
                                                std::chrono::time_point<Clock, Duration> when,
                                                std::error_code& ec) noexcept {
  const auto left = [&] { return detail::slice_until(when); };
  return detail::signal_and_wait(signaled, awaited, left(), detail::longer_wait(left), ec);
}

}  // namespace isthmus
