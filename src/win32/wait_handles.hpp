// SPDX-License-Identifier: MIT
//
// Waiting by the system's calls, with limits as the library means them.
#pragma once

#include "win32/windows.hpp"

#include <chrono>

namespace isthmus::detail {

/// Calls `wait(milliseconds)`, a call of the system that waits, until it gives something else than
/// WAIT_TIMEOUT or the limit has passed; nanoseconds::max() is none. Never ends before the limit,
/// which one call may do by up to a tick (WAIT-01).
template <class Wait>
[[nodiscard]] DWORD wait_in_slices(std::chrono::nanoseconds limit, Wait wait) noexcept {
  using std::chrono::milliseconds;
  if (limit == limit.max()) return wait(INFINITE);
  if (limit <= limit.zero()) return wait(0);

  constexpr milliseconds most{INFINITE - 1};
  const auto start = std::chrono::steady_clock::now();
  for (auto left = limit;;) {
    // Rounded up only below the most: the largest limits would overflow.
    const auto slice = left >= most ? most : std::chrono::ceil<milliseconds>(left);
    const DWORD result = wait(static_cast<DWORD>(slice.count()));
    if (result != WAIT_TIMEOUT) return result;
    left = limit - (std::chrono::steady_clock::now() - start);
    if (left <= left.zero()) return result;
  }
}

/// WaitForSingleObject with any limit.
[[nodiscard]] inline DWORD wait_on(HANDLE handle, std::chrono::nanoseconds limit) noexcept {
  return wait_in_slices(limit, [&](DWORD slice) { return ::WaitForSingleObject(handle, slice); });
}

}  // namespace isthmus::detail
