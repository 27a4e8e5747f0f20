// SPDX-License-Identifier: MIT
//
// Semaphores: a number of permits, by name, between processes.
//
//     auto rooms = isthmus::semaphore::open_or_create({.name = "rooms", .initial = 3, .maximum =
//     3}); rooms.acquire(); use_a_room(); rooms.release();
//
// A semaphore is signalled while it has permits; each wait that is satisfied takes exactly one
// (SEM-02). Permits belong to nobody: any thread of any process may release, and those of a process
// that dies holding some are gone (SEM-07). Where that matters, guard with a mutex.
//
// A release gives its permits to those who wait already, as far as there are such; only the rest is
// there for whoever comes (SEM-06). So it reports a previous count of 0 whenever somebody waits.
//
//   Win32   a semaphore object; CreateSemaphore, OpenSemaphore, ReleaseSemaphore
//   POSIX   a word in shared memory: no system call unless somebody has to wait or waits. release()
//           may be called in a signal handler, in the form with std::error_code.
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

/// How to make a semaphore.
struct semaphore_options {
  std::string_view name = {};         ///< empty: unnamed; see name.hpp
  std::int32_t initial = 0;           ///< permits at first, 0 to `maximum` (SEM-01)
  std::int32_t maximum = 0x7FFFFFFF;  ///< at least 1
  isthmus::scope scope = isthmus::scope::automatic;
  isthmus::permissions permissions = {};
};

/// How to open a semaphore by its name.
struct semaphore_open_options {
  std::string_view name = {};  ///< required
  isthmus::access access = isthmus::access::wait | isthmus::access::modify;
  isthmus::scope scope = isthmus::scope::automatic;
};

/// A handle to a semaphore: a waitable.
class semaphore : public waitable {
 public:
  semaphore() noexcept = default;

  /// Makes a new semaphore. A name that exists is already_exists (or access_denied where it may not
  /// be opened, NAME-22); one of another kind is wrong_kind (NAME-17).
  [[nodiscard]] ISTHMUS_API static semaphore create(const semaphore_options& options = {});
  [[nodiscard]] ISTHMUS_API static semaphore create(const semaphore_options& options,
                                                    std::error_code& ec) noexcept;

  /// Opens the semaphore of this name (NAME-21: not_found).
  [[nodiscard]] ISTHMUS_API static semaphore open(const semaphore_open_options& options);
  [[nodiscard]] ISTHMUS_API static semaphore open(const semaphore_open_options& options,
                                                  std::error_code& ec) noexcept;

  /// The same, and waits up to `limit` for the name to appear. Any other error ends it at once.
  template <class Rep, class Period>
  [[nodiscard]] static semaphore open(const semaphore_open_options& options,
                                      std::chrono::duration<Rep, Period> limit) {
    return open_within(options, detail::limit_of(limit));
  }
  template <class Rep, class Period>
  [[nodiscard]] static semaphore open(const semaphore_open_options& options,
                                      std::chrono::duration<Rep, Period> limit,
                                      std::error_code& ec) noexcept {
    return open_within(options, detail::limit_of(limit), ec);
  }

  /// Opens the semaphore of this name as it is, whatever the other options say, or makes a new one;
  /// created() tells which. Of any number of callers at once exactly one creates.
  [[nodiscard]] ISTHMUS_API static semaphore open_or_create(const semaphore_options& options);
  [[nodiscard]] ISTHMUS_API static semaphore open_or_create(const semaphore_options& options,
                                                            std::error_code& ec) noexcept;

  /// Takes one permit, waiting as long as it takes. Needs access::wait.
  ISTHMUS_API void acquire();
  ISTHMUS_API void acquire(std::error_code& ec) noexcept;

  /// Takes one if that needs no waiting.
  [[nodiscard]] ISTHMUS_API bool try_acquire();
  [[nodiscard]] ISTHMUS_API bool try_acquire(std::error_code& ec) noexcept;

  /// Takes one within the limit; a limit that passed changes nothing.
  template <class Rep, class Period>
  [[nodiscard]] bool try_acquire_for(std::chrono::duration<Rep, Period> limit) {
    return wait_for(limit) == wait_status::signaled;
  }
  template <class Rep, class Period>
  [[nodiscard]] bool try_acquire_for(std::chrono::duration<Rep, Period> limit,
                                     std::error_code& ec) noexcept {
    return wait_for(limit, ec) == wait_status::signaled;
  }

  /// Takes one until a time by any clock.
  template <class Clock, class Duration>
  [[nodiscard]] bool try_acquire_until(std::chrono::time_point<Clock, Duration> when) {
    return wait_until(when) == wait_status::signaled;
  }
  template <class Clock, class Duration>
  [[nodiscard]] bool try_acquire_until(std::chrono::time_point<Clock, Duration> when,
                                       std::error_code& ec) noexcept {
    return wait_until(when, ec) == wait_status::signaled;
  }

  /// Gives `count` permits and returns how many there were before (SEM-03). More than the maximum:
  /// limit_exceeded, and nothing changes (SEM-04). Less than one: invalid_argument (SEM-05). Needs
  /// access::modify (SEM-08). The form with `ec` returns 0 on failure.
  ISTHMUS_API std::int32_t release(std::int32_t count = 1);
  ISTHMUS_API std::int32_t release(std::int32_t count, std::error_code& ec) noexcept;

  /// Another handle to the same semaphore, with the same or with other rights (DUP-02, DUP-03).
  [[nodiscard]] ISTHMUS_API semaphore duplicate() const;
  [[nodiscard]] ISTHMUS_API semaphore duplicate(std::error_code& ec) const noexcept;
  [[nodiscard]] ISTHMUS_API semaphore duplicate(isthmus::access access) const;
  [[nodiscard]] ISTHMUS_API semaphore duplicate(isthmus::access access,
                                                std::error_code& ec) const noexcept;

 private:
  friend struct detail::native_access;
  explicit semaphore(detail::dispatcher* state) noexcept : waitable(state) {}
  ISTHMUS_API static semaphore open_within(const semaphore_open_options& options,
                                           std::chrono::nanoseconds limit);
  ISTHMUS_API static semaphore open_within(const semaphore_open_options& options,
                                           std::chrono::nanoseconds limit,
                                           std::error_code& ec) noexcept;
  ISTHMUS_API std::int32_t release_slowly(std::int32_t count);
  ISTHMUS_API std::int32_t release_slowly(std::int32_t count, std::error_code& ec) noexcept;
};

}  // namespace isthmus
