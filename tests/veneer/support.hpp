// SPDX-License-Identifier: MIT
//
// What the tests of the Win32 functions share. They are compiled unchanged for the veneer and for
// Win32 itself.
#pragma once

#include "support/names.hpp"

#include <isthmus/win32.h>

#include <string>
#include <utility>

namespace veneer_tests {

/// A handle that is closed with its scope.
class handle {
 public:
  handle() = default;
  handle(HANDLE owned) : owned_(owned) {}  // NOLINT(google-explicit-constructor): calls give it
  handle(handle&& other) noexcept : owned_(std::exchange(other.owned_, nullptr)) {}
  handle& operator=(handle&& other) noexcept {
    std::swap(owned_, other.owned_);
    return *this;
  }
  ~handle() { close(); }

  operator HANDLE() const { return owned_; }  // NOLINT(google-explicit-constructor)
  void close() {
    if (owned_ != nullptr && owned_ != INVALID_HANDLE_VALUE) CloseHandle(owned_);
    owned_ = nullptr;
  }

 private:
  HANDLE owned_ = nullptr;
};

[[nodiscard]] inline SECURITY_ATTRIBUTES inheritable() {
  return {sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
}
/// HANDLE_FLAG_…; 0xFF: there is no such handle.
[[nodiscard]] inline DWORD flags_of(HANDLE handle) {
  DWORD flags = 0xFF;
  return GetHandleInformation(handle, &flags) != FALSE ? flags : 0xFF;
}

/// A number that no call sets: whether a call has left the last error alone.
inline constexpr DWORD untouched = 0xABCD;

/// What the last error is after the call, which began with `untouched`.
template <class Call>
DWORD error_after(Call&& call) {
  SetLastError(untouched);
  std::forward<Call>(call)();
  return GetLastError();
}

/// Whether this is Wine, for the rows that REFERENCE marks as not to be trusted there.
[[nodiscard]] bool under_wine();

}  // namespace veneer_tests
