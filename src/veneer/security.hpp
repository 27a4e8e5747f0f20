// SPDX-License-Identifier: MIT
#pragma once

#include <isthmus/win32.h>
#include <isthmus/permissions.hpp>

namespace isthmus::veneer {

/// Who else may open an object that is made with these attributes; an error's number for what
/// cannot be kept.
[[nodiscard]] DWORD permissions_of(const SECURITY_ATTRIBUTES* attributes,
                                   permissions& made) noexcept;

/// The HANDLE_FLAG_… of a handle made with these.
[[nodiscard]] inline DWORD flags_of(const SECURITY_ATTRIBUTES* attributes) noexcept {
  return attributes != nullptr && attributes->bInheritHandle != FALSE ? HANDLE_FLAG_INHERIT : 0;
}

}  // namespace isthmus::veneer
