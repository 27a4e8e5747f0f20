// SPDX-License-Identifier: MIT
//
// What the documented interface does not offer: the size of a section, the kind and the rights of a
// handle, the state of a timer, and the honest answer to the release of a mutex. These have been
// the same in every Windows since NT 4, but for same_object, which came with Windows 10. Looked up
// at run time, so that nobody has to link ntdll.
#pragma once

#include "failure.hpp"
#include "win32/windows.hpp"

#include <cstdint>
#include <optional>

namespace isthmus::detail {

/// A function of ntdll, by its name.
[[nodiscard]] void* ntdll_function(const char* name) noexcept;

/// What the system knows of a section.
struct section_facts {
  std::uint64_t size;  ///< of memory rounded up to the page, of a file exact
  bool file;
  bool reserve;
};

/// Needs SECTION_QUERY; absent without it.
[[nodiscard]] std::optional<section_facts> query_section(HANDLE section) noexcept;

/// The rights that a handle has. None where it is not a handle.
[[nodiscard]] DWORD granted_access(HANDLE handle) noexcept;

/// Whether no process has another handle to the same open object. No, where the system cannot tell.
[[nodiscard]] bool is_only_handle(HANDLE handle) noexcept;

/// How many handles to the open object there are in all processes; 0 where the system cannot tell.
[[nodiscard]] std::uint32_t handles_to(HANDLE handle) noexcept;

/// Checks that a handle is one, and of this kind: L"Section", L"Mutant", L"Timer" and so on.
[[nodiscard]] bool check_kind(HANDLE handle, std::wstring_view kind, failure& why);

/// Whether two handles lead to the same object. No, where the system cannot tell.
[[nodiscard]] bool same_object(HANDLE a, HANDLE b) noexcept;

/// Whether a timer is set. Needs TIMER_QUERY_STATE; no without it.
[[nodiscard]] bool is_timer_set(HANDLE timer) noexcept;

/// Whether this thread owns a mutex. Needs MUTEX_MODIFY_STATE; absent without it.
[[nodiscard]] std::optional<bool> is_mutex_owned(HANDLE mutex) noexcept;

/// Gives a mutex back: 0, or the number of the error. ReleaseMutex reports success to somebody who
/// releases a mutex that was abandoned and is not theirs; this gives ERROR_NOT_OWNER (MTX-11).
[[nodiscard]] int release_mutex(HANDLE mutex) noexcept;

}  // namespace isthmus::detail
