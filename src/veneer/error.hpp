// SPDX-License-Identifier: MIT
//
// From the library's errors to the last error's numbers. The functions of the veneer end in these.
#pragma once

#include <isthmus/win32.h>
#include <isthmus/error.hpp>

#include <initializer_list>
#include <new>
#include <system_error>
#include <type_traits>
#include <utility>

namespace isthmus::veneer {

/// One call's own meaning of an error.
struct means {
  errc value;
  DWORD number;
};

/// The number for what the library found: the call's own first, else the one of the table in
/// error.cpp.
[[nodiscard]] DWORD number_of(const std::error_code& ec,
                              std::initializer_list<means> special = {}) noexcept;

/// Sets the last error and gives what a failed call gives.
inline BOOL fail(DWORD number) noexcept {
  SetLastError(number);
  return FALSE;
}
inline HANDLE no_handle(DWORD number) noexcept {
  SetLastError(number);
  return nullptr;
}

/// The end of a call that may have failed.
inline BOOL done(const std::error_code& ec, std::initializer_list<means> special = {}) noexcept {
  return ec ? fail(number_of(ec, special)) : TRUE;
}

/// Runs the call; nothing leaves it that C could not take.
template <class Work, class Result = std::invoke_result_t<Work>>
Result guarded(Work&& work, Result otherwise = {}) noexcept {
  try {
    return std::forward<Work>(work)();
  } catch (const std::bad_alloc&) {
    SetLastError(ERROR_NOT_ENOUGH_MEMORY);
  } catch (const std::system_error& error) {
    SetLastError(number_of(error.code()));
  } catch (...) {
    SetLastError(ERROR_GEN_FAILURE);
  }
  return otherwise;
}

}  // namespace isthmus::veneer
