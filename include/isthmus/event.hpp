// SPDX-License-Identifier: MIT
//
// Events: something has happened, told by name, between processes.
//
//     auto ready = isthmus::event::create({.name = "ready", .mode = isthmus::reset_mode::manual});
//     prepare();
//     ready.set();                     // from now on nobody waits
//
// An automatic event satisfies one wait each time it is set, and is unset by it: with somebody
// waiting already, set() releases exactly one of them, and the event ends unset; two sets release
// two (EVT-02). With nobody waiting it stays set, however often it is set (EVT-03). A manual event
// stays set until it is reset and satisfies all waits (EVT-01); whoever was waiting when it was set
// is released, even if it is reset at once (EVT-05).
//
// An event belongs to nobody; the death of whoever set it changes nothing (EVT-12).
//
//   Win32   an event object; CreateEvent, OpenEvent, SetEvent, ResetEvent, PulseEvent
//   POSIX   a word in shared memory. set() may be called in a signal handler, in the form with
//           std::error_code. After a set, a wait for all of several objects that sleeps on this
//           event is given time to look at it before set() returns; that costs 50 ms, once,
//           where it has been killed or stopped.
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

/// How to make an event.
struct event_options {
  std::string_view name = {};               ///< empty: unnamed; see name.hpp
  reset_mode mode = reset_mode::automatic;  ///< fixed at creation (EVT-09)
  bool initially_set = false;
  isthmus::scope scope = isthmus::scope::automatic;
  isthmus::permissions permissions = {};
};

/// How to open an event by its name.
struct event_open_options {
  std::string_view name = {};  ///< required
  isthmus::access access = isthmus::access::wait | isthmus::access::modify;
  isthmus::scope scope = isthmus::scope::automatic;
};

/// A handle to an event: a waitable.
class event : public waitable {
 public:
  event() noexcept = default;

  /// Makes a new event. A name that exists is already_exists (or access_denied where it may not be
  /// opened, NAME-22); one of another kind is wrong_kind (NAME-17).
  [[nodiscard]] ISTHMUS_API static event create(const event_options& options = {});
  [[nodiscard]] ISTHMUS_API static event create(const event_options& options,
                                                std::error_code& ec) noexcept;

  /// Opens the event of this name (NAME-21: not_found).
  [[nodiscard]] ISTHMUS_API static event open(const event_open_options& options);
  [[nodiscard]] ISTHMUS_API static event open(const event_open_options& options,
                                              std::error_code& ec) noexcept;

  /// The same, and waits up to `limit` for the name to appear. Any other error ends it at once.
  template <class Rep, class Period>
  [[nodiscard]] static event open(const event_open_options& options,
                                  std::chrono::duration<Rep, Period> limit) {
    return open_within(options, detail::limit_of(limit));
  }
  template <class Rep, class Period>
  [[nodiscard]] static event open(const event_open_options& options,
                                  std::chrono::duration<Rep, Period> limit,
                                  std::error_code& ec) noexcept {
    return open_within(options, detail::limit_of(limit), ec);
  }

  /// Opens the event of this name as it is, whatever the other options say, or makes a new one;
  /// created() tells which. Of any number of callers at once exactly one creates.
  [[nodiscard]] ISTHMUS_API static event open_or_create(const event_options& options);
  [[nodiscard]] ISTHMUS_API static event open_or_create(const event_options& options,
                                                        std::error_code& ec) noexcept;

  /// Sets the event. Setting one that is set changes nothing (EVT-04). Needs access::modify
  /// (EVT-10), as the others do.
  ISTHMUS_API void set();
  ISTHMUS_API void set(std::error_code& ec) noexcept;

  /// Unsets the event, set or not. On POSIX `busy` after 0.2 s, as pulse() is, where a process is
  /// stopped (SIGSTOP) in the middle of a wait for all of several objects, the event among them.
  ISTHMUS_API void reset();
  ISTHMUS_API void reset(std::error_code& ec) noexcept;

  /// Releases those that wait at this moment — all on a manual event, one on an automatic one — and
  /// leaves the event unset (EVT-06). Nobody is released twice by one pulse,
  /// however soon it waits again. Do not build on it: a thread that waits may be out of its wait
  /// for a moment, and then it misses the pulse (EVT-08).
  ISTHMUS_API void pulse();
  ISTHMUS_API void pulse(std::error_code& ec) noexcept;

  /// Another handle to the same event, with the same or with other rights (DUP-02, DUP-03).
  [[nodiscard]] ISTHMUS_API event duplicate() const;
  [[nodiscard]] ISTHMUS_API event duplicate(std::error_code& ec) const noexcept;
  [[nodiscard]] ISTHMUS_API event duplicate(isthmus::access access) const;
  [[nodiscard]] ISTHMUS_API event duplicate(isthmus::access access,
                                            std::error_code& ec) const noexcept;

 private:
  friend struct detail::native_access;
  explicit event(detail::dispatcher* state) noexcept : waitable(state) {}
  ISTHMUS_API static event open_within(const event_open_options& options,
                                       std::chrono::nanoseconds limit);
  ISTHMUS_API static event open_within(const event_open_options& options,
                                       std::chrono::nanoseconds limit,
                                       std::error_code& ec) noexcept;
  ISTHMUS_API void set_slowly();
  ISTHMUS_API void set_slowly(std::error_code& ec) noexcept;
};

}  // namespace isthmus
