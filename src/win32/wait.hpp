// SPDX-License-Identifier: MIT
//
// Waiting on one handle, with limits as the library means them.
#pragma once

#include "windows.hpp"

#include <chrono>

namespace isthmus::detail {

/// WaitForSingleObject with any limit; nanoseconds::max() is none. Never ends before the limit,
/// which the system's call may do by up to a tick (WAIT-01).
[[nodiscard]] DWORD wait_on(HANDLE handle, std::chrono::nanoseconds limit) noexcept;

}  // namespace isthmus::detail
