// SPDX-License-Identifier: MIT
//
// What all kinds of object share: their names, and how handles to them are got.
#pragma once

#include "name.hpp"
#include "win32/handle.hpp"
#include "win32/windows.hpp"

#include <array>
#include <cstddef>

namespace isthmus::detail {

/// A name as the system wants it: in UTF-16, behind its scope's prefix (NAME-11, NAME-12).
class object_name {
 public:
  explicit object_name(const parsed_name& name) noexcept;

  /// nullptr for an unnamed object.
  [[nodiscard]] const wchar_t* get() const noexcept { return named_ ? text_.data() : nullptr; }

 private:
  static constexpr std::size_t longest_prefix = 7;  // `Global\`
  std::array<wchar_t, longest_prefix + max_name_length + 1> text_ = {};
  bool named_;
};

/// What an attempt to get a handle gave. Success, too, leaves a number: ERROR_ALREADY_EXISTS.
struct obtained {
  unique_handle handle;
  int error = 0;
};

/// Calls `attempt(rights)`, a function that gives a HANDLE: with further rights that are nice to
/// have, and where access is denied once more without them.
template <class Attempt>
obtained obtain(DWORD rights, DWORD nice, Attempt attempt) {
  HANDLE handle = attempt(rights | nice);
  int error = last_error();
  if (handle == nullptr && error == ERROR_ACCESS_DENIED) {
    handle = attempt(rights);
    error = last_error();
  }
  return {unique_handle(handle), error};
}

/// Reports that creating or opening by name failed: the system's number, in better words than its.
void report(int number, failure& why);

/// A second handle of this process to the object, with these rights.
[[nodiscard]] HANDLE duplicate_handle(HANDLE from, DWORD rights) noexcept;
/// The same, with the same rights.
[[nodiscard]] HANDLE duplicate_handle(HANDLE from) noexcept;

/// Closes a handle, and reports where it was not one any more.
void close_handle(unique_handle& handle, failure& why) noexcept;

}  // namespace isthmus::detail
