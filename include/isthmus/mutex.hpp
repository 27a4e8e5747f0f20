// SPDX-License-Identifier: MIT
//
// Mutexes: one thread of one process at a time, by name, between processes. Recursive.
//
//     auto guard = isthmus::mutex::create({.name = "orders.guard"});
//     std::scoped_lock lock{guard};
//     if (guard.abandoned()) repair(memory);   // the previous owner died holding it
//
// A mutex belongs to the thread that locked it (MTX-01). When that thread ends without unlocking —
// by return, exit, crash or kill — the mutex is free again at once, and the next owner is told,
// once: wait_status::abandoned (MTX-06 to MTX-10). Nobody waits for a dead owner.
//
// Which of several waiters comes next is not specified (MTX-13).
//
//   Win32   a mutex object; CreateMutex, OpenMutex, WaitForSingleObject
//   POSIX   a word in shared memory: no system call unless somebody has to wait. On Linux a thread
//           can own 1000 mutexes at a time; one more is limit_exceeded. After a fork the
//           child may use its handles; it owns none of its parent's mutexes (MTX-17), so a scoped
//           lock held across a fork must not unlock in the child (not_owner). The next owner is
//           told a moment before a killed one's objects are closed; what it closes itself in the 50
//           ms after that waits so long at most, so that the last of the two is the last.
#pragma once

#include <isthmus/access.hpp>
#include <isthmus/name.hpp>
#include <isthmus/permissions.hpp>
#include <isthmus/platform.hpp>
#include <isthmus/waitable.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace isthmus {

/// How to make a mutex.
struct mutex_options {
  std::string_view name = {};    ///< empty: unnamed; see name.hpp
  bool initially_owned = false;  ///< a new one is owned by the caller, once; ignored where
                                 ///< open_or_create finds one (MTX-05, CRE-07)
  isthmus::scope scope = isthmus::scope::automatic;
  isthmus::permissions permissions = {};
};

/// How to open a mutex by its name.
struct mutex_open_options {
  std::string_view name = {};  ///< required
  isthmus::access access = isthmus::access::wait | isthmus::access::modify;
  isthmus::scope scope = isthmus::scope::automatic;
};

/// The owner whose death made a mutex abandoned.
struct last_owner_info {
  std::uint32_t process_id;                       ///< as that process saw it itself
  std::string program;                            ///< its file name, without folders
  std::chrono::system_clock::time_point noticed;  ///< when the next owner took the mutex over
};

/// A handle to a mutex: a waitable, whose wait() is lock() by another name. It has the standard's
/// TimedLockable form, so std::scoped_lock and std::unique_lock work. Closing a handle gives up the
/// handle, not the ownership (LIFE-05); the object goes with the last handle, owned or not
/// (LIFE-04).
class mutex : public waitable {
 public:
  mutex() noexcept = default;

  /// Makes a new mutex. A name that exists is already_exists (or access_denied where it may not be
  /// opened, NAME-22); one of another kind is wrong_kind (NAME-17).
  [[nodiscard]] ISTHMUS_API static mutex create(const mutex_options& options = {});
  [[nodiscard]] ISTHMUS_API static mutex create(const mutex_options& options,
                                                std::error_code& ec) noexcept;

  /// Opens the mutex of this name (NAME-21: not_found).
  [[nodiscard]] ISTHMUS_API static mutex open(const mutex_open_options& options);
  [[nodiscard]] ISTHMUS_API static mutex open(const mutex_open_options& options,
                                              std::error_code& ec) noexcept;

  /// The same, and waits up to `limit` for the name to appear. Any other error ends it at once.
  template <class Rep, class Period>
  [[nodiscard]] static mutex open(const mutex_open_options& options,
                                  std::chrono::duration<Rep, Period> limit) {
    return open_within(options, detail::limit_of(limit));
  }
  template <class Rep, class Period>
  [[nodiscard]] static mutex open(const mutex_open_options& options,
                                  std::chrono::duration<Rep, Period> limit,
                                  std::error_code& ec) noexcept {
    return open_within(options, detail::limit_of(limit), ec);
  }

  /// Opens the mutex of this name as it is, or makes a new one; created() tells which. Of any
  /// number of callers at once exactly one creates.
  [[nodiscard]] ISTHMUS_API static mutex open_or_create(const mutex_options& options);
  [[nodiscard]] ISTHMUS_API static mutex open_or_create(const mutex_options& options,
                                                        std::error_code& ec) noexcept;

  /// Takes the mutex, waiting as long as it takes: `signaled`, or `abandoned` where the previous
  /// owner died with it. A thread that owns it already succeeds at once and owns it once more
  /// (MTX-02), up to 2^31 times (MTX-14: limit_exceeded). Needs access::wait.
  ISTHMUS_API wait_status lock();
  ISTHMUS_API wait_status lock(std::error_code& ec) noexcept;

  /// Takes it if that needs no waiting. abandoned() tells whether the previous owner died.
  [[nodiscard]] ISTHMUS_API bool try_lock();
  [[nodiscard]] ISTHMUS_API bool try_lock(std::error_code& ec) noexcept;

  /// Takes it within the limit; a limit that passed changes nothing (MTX-12).
  template <class Rep, class Period>
  [[nodiscard]] bool try_lock_for(std::chrono::duration<Rep, Period> limit) {
    return wait_within(detail::limit_of(limit)) != wait_status::timeout;
  }
  template <class Rep, class Period>
  [[nodiscard]] bool try_lock_for(std::chrono::duration<Rep, Period> limit,
                                  std::error_code& ec) noexcept {
    return taken(wait_within(detail::limit_of(limit), ec));
  }

  /// Takes it until a time by any clock.
  template <class Clock, class Duration>
  [[nodiscard]] bool try_lock_until(std::chrono::time_point<Clock, Duration> when) {
    return wait_until(when) != wait_status::timeout;
  }
  template <class Clock, class Duration>
  [[nodiscard]] bool try_lock_until(std::chrono::time_point<Clock, Duration> when,
                                    std::error_code& ec) noexcept {
    return taken(wait_until(when, ec));
  }

  /// Gives one acquisition back. By a thread that does not own the mutex: not_owner, and nothing
  /// changes (MTX-03). Needs no right (MTX-04).
  ISTHMUS_API void unlock();
  ISTHMUS_API void unlock(std::error_code& ec) noexcept;

  /// Whether this thread's latest acquisition through this handle took over from an owner that had
  /// died. Told to exactly one owner for each death (MTX-08).
  [[nodiscard]] ISTHMUS_API bool abandoned() const noexcept;

  /// Who died holding this mutex, the last time that an owner did. Absent if nobody has, where the
  /// traces have been cleaned away, and on Win32.
  [[nodiscard]] ISTHMUS_API std::optional<last_owner_info> last_owner() const;

  /// Another handle to the same mutex, with the same or with other rights (DUP-02, DUP-03). Who
  /// owns it is the object's affair, not the handle's (DUP-11).
  [[nodiscard]] ISTHMUS_API mutex duplicate() const;
  [[nodiscard]] ISTHMUS_API mutex duplicate(std::error_code& ec) const noexcept;
  [[nodiscard]] ISTHMUS_API mutex duplicate(isthmus::access access) const;
  [[nodiscard]] ISTHMUS_API mutex duplicate(isthmus::access access,
                                            std::error_code& ec) const noexcept;

 private:
  friend struct detail::native_access;
  explicit mutex(detail::dispatcher* state) noexcept : waitable(state) {}
  ISTHMUS_API static mutex open_within(const mutex_open_options& options,
                                       std::chrono::nanoseconds limit);
  ISTHMUS_API static mutex open_within(const mutex_open_options& options,
                                       std::chrono::nanoseconds limit,
                                       std::error_code& ec) noexcept;
  ISTHMUS_API void unlock_slowly();
  ISTHMUS_API void unlock_slowly(std::error_code& ec) noexcept;
  static bool taken(wait_status status) noexcept {
    return status == wait_status::signaled || status == wait_status::abandoned;
  }
};

}  // namespace isthmus
