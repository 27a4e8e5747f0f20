// SPDX-License-Identifier: MIT
//
// Win32 has no short way: every lock and unlock is the system's call.
#pragma once

namespace isthmus::detail {

constexpr bool fast_lock(void*) noexcept { return false; }
constexpr bool fast_unlock(void*) noexcept { return false; }

}  // namespace isthmus::detail
