// SPDX-License-Identifier: MIT
//
// Names as the Win32 functions take them, and the numbers for those that they refuse (NAME-04 to
// NAME-15), where the library has one error for all.
#pragma once

#include <isthmus/win32.h>

#include <string>

namespace isthmus::veneer {

/// The name of an object: none, or empty, or a text that the library takes; or an error's number.
struct object_name {
  bool given = false;     ///< not NULL
  std::string text = {};  ///< UTF-8, with its prefix
  DWORD error = ERROR_SUCCESS;
};

[[nodiscard]] object_name name_of(LPCSTR name);
[[nodiscard]] object_name name_of(LPCWSTR name);

/// The name for an open: NULL is ERROR_INVALID_PARAMETER (NAME-04), empty ERROR_INVALID_HANDLE
/// (NAME-05).
template <class Char>
[[nodiscard]] object_name required_name_of(const Char* name) {
  object_name result = name_of(name);
  if (!result.given)
    result.error = ERROR_INVALID_PARAMETER;
  else if (result.error == ERROR_SUCCESS && result.text.empty())
    result.error = ERROR_INVALID_HANDLE;
  return result;
}

}  // namespace isthmus::veneer
