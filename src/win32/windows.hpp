// SPDX-License-Identifier: MIT
//
// The one way to <windows.h>.
#pragma once

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

namespace isthmus::detail {

/// The number of what went wrong. Every later call may change it, so this is the first statement of
/// each branch that wants it.
[[nodiscard]] inline int last_error() noexcept { return static_cast<int>(::GetLastError()); }

}  // namespace isthmus::detail
