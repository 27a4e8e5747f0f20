// SPDX-License-Identifier: MIT
//
// What a call said, together with the last error it left.
#pragma once

#include "support.hpp"
#include "support/limits.hpp"

#include <type_traits>
#include <utility>

namespace veneer_tests {

/// What refusal_of gives for a call that did not fail.
inline constexpr DWORD not_refused = 0xFFFF;

/// The last error of a call that is to fail: one that gives FALSE, no handle or WAIT_FAILED.
template <class Call>
DWORD refusal_of(Call&& call) {
  SetLastError(untouched);
  const auto result = std::forward<Call>(call)();
  const DWORD error = GetLastError();
  using result_type = std::remove_const_t<decltype(result)>;
  if constexpr (std::is_same_v<result_type, DWORD>) {
    return result == WAIT_FAILED ? error : not_refused;
  } else if constexpr (std::is_same_v<result_type, HANDLE>) {
    if (result == nullptr) return error;
    CloseHandle(result);
    return not_refused;
  } else {
    return result == FALSE ? error : not_refused;
  }
}

/// Whether a call succeeded without a word about the last error (NAME-20).
template <class Call>
bool quietly(Call&& call) {
  SetLastError(untouched);
  return std::forward<Call>(call)() != FALSE && GetLastError() == untouched;
}

/// How long a call may take that will come to its end.
[[nodiscard]] inline DWORD patience() { return static_cast<DWORD>(support::patience().count()); }
/// For watching what must not happen.
inline constexpr DWORD moment = 50;

/// A look, which takes what it finds; `untouched` where it touched the last error (WAIT-15).
inline DWORD wait(HANDLE handle, DWORD limit = 0) {
  SetLastError(untouched);
  const DWORD result = WaitForSingleObject(handle, limit);
  return result == WAIT_FAILED || GetLastError() == untouched ? result : untouched;
}

/// Whether it is set; one that a wait unsets is unset then.
inline bool taken(HANDLE handle, DWORD limit = 0) { return wait(handle, limit) == WAIT_OBJECT_0; }

/// Another handle to the same object, with these rights.
[[nodiscard]] inline HANDLE copy_of(HANDLE handle, DWORD rights) {
  HANDLE made = nullptr;
  DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &made, rights, FALSE, 0);
  return made;
}

}  // namespace veneer_tests
