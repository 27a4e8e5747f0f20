// SPDX-License-Identifier: MIT
//
// Looking at the system's objects from outside, which the documented interface does not offer:
// which names there are, and in which state an object is. Looked up at run time, like ntdll.hpp.
#pragma once

#include <isthmus/inspect.hpp>

#include "win32/handle.hpp"
#include "win32/windows.hpp"

#include <optional>
#include <string>
#include <vector>

namespace isthmus::detail {

/// The directory of a scope's names, for example `\Sessions\1\BaseNamedObjects`.
[[nodiscard]] std::wstring names_directory(scope where);

struct directory_entry {
  std::wstring name;
  std::wstring type;  ///< "Mutant" and so on
};

/// What is in a directory; on failure nothing, and a Win32 error number.
[[nodiscard]] std::vector<directory_entry> list_directory(const std::wstring& path, int& error);

/// The state of an object of this kind; monostate where the handle has no right to ask, or the
/// system does not tell.
[[nodiscard]] decltype(object_report::state) query_state(object_kind of, HANDLE object);

}  // namespace isthmus::detail
