// SPDX-License-Identifier: MIT
//
// Errors. Every operation that can fail has two forms: one that throws isthmus::error, and one that
// is noexcept and takes a std::error_code& as its last argument (cleared on success).
//
// What the system found keeps the system's own number (std::system_category()); what the library
// found has isthmus::category(). Both compare equal to isthmus::errc, so portable code writes
//
//     if (ec == isthmus::errc::not_found) …
//
// Not errors: a time limit that passed, an abandoned mutex, a busy try_lock(), and an object that
// open_or_create() found.
#pragma once

#include <isthmus/platform.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace isthmus {

/// What went wrong, the same on every system. Compare error codes with it; see the comment above.
enum class errc {
  already_exists = 1,  ///< create: the name is taken by an object of the same kind
  not_found,           ///< open: no object has this name
  wrong_kind,          ///< the name is taken by an object of another kind
  invalid_name,        ///< the name has a form that names may not have; see name.hpp
  name_too_long,       ///< the name has more than max_name_length bytes
  invalid_argument,    ///< an argument makes no sense, or the handle is empty (moved from, closed)
  access_denied,       ///< the permissions, or the rights of this handle, do not allow it
  not_owner,           ///< unlock by a thread that does not own the mutex
  limit_exceeded,      ///< a count would pass its maximum: recursion, semaphore, objects, threads
  out_of_range,        ///< beyond the end of the section, the view or the file
  not_enough_memory,   ///< no memory or address space for the library's or the system's own needs
  no_space,            ///< no room for the section's bytes: shared memory, disk, or a size limit
  too_many_handles,    ///< the process or the system has no descriptor (handle) left
  address_in_use,      ///< the fixed address of a view is not free
  incompatible_version,  ///< another version of the library made the object; its layout differs
  damaged,               ///< what is there under this name is not a sound object
  untrusted,             ///< somebody who should not be able to interfere owns what is there
  file_changed,          ///< the file behind a named section is not the one it was made from
  busy,                  ///< somebody stopped in the middle of an operation on this very object
  closed,                ///< channel: the other end has gone, so there is nobody to send to
  not_supported,         ///< not on this system, or not by this version of the library
};

/// The category of what the library itself finds.
[[nodiscard]] ISTHMUS_API const std::error_category& category() noexcept;

/// The library's own code for `value`, in category().
[[nodiscard]] ISTHMUS_API std::error_code make_error_code(errc value) noexcept;

/// Makes `code == errc::not_found` work for the library's and the system's codes alike.
[[nodiscard]] ISTHMUS_API std::error_condition make_error_condition(errc value) noexcept;

/// The enumerator's name, for example "not_found".
[[nodiscard]] ISTHMUS_API std::string_view to_string(errc value) noexcept;

/// What the throwing forms throw. what() names the operation and the object, and says what to do:
/// `section::create("orders"): no space in /dev/shm (64.0 MiB, 1.2 MiB free)`. Catching
/// std::system_error is enough.
class ISTHMUS_API error : public std::system_error {
 public:
  error(std::error_code code, const std::string& text);
  [[nodiscard]] const char* what() const noexcept override;

 private:
  std::runtime_error text_;  // shares its text between copies, so copying cannot throw
};

}  // namespace isthmus

template <>
struct std::is_error_condition_enum<isthmus::errc> : std::true_type {};
