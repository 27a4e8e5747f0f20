// SPDX-License-Identifier: MIT
//
// Handles on their way into a child (INH-01 to INH-07). Each crosses under a key with its value in
// it, by the library's own inheritance; beside them crosses a section that lists them.
#pragma once

#include "table.hpp"

#include <isthmus/platform.hpp>
#include <isthmus/process.hpp>
#include <isthmus/section.hpp>

#include <span>
#include <vector>

namespace isthmus::veneer {

/// What a child is to get. It keeps the objects until the child has them.
struct passed_handles {
  std::vector<inherit_entry> entries;

  std::vector<pin> pins;
  section list;
};

/// Every inheritable handle of this process.
void pass_all(passed_handles& made);
/// These alone; an error's number where one of them is none, or not inheritable.
[[nodiscard]] DWORD pass_listed(std::span<const HANDLE> handles, passed_handles& made);

/// The native handle of a file; none for everything else.
[[nodiscard]] native_handle_type native_of(const entry& what) noexcept;

/// Puts what this process has inherited into its table, at the first call.
void adopt_inherited() noexcept;

}  // namespace isthmus::veneer
