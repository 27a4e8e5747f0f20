// SPDX-License-Identifier: MIT
#include "wait.hpp"

namespace isthmus::detail {

DWORD wait_on(HANDLE handle, std::chrono::nanoseconds limit) noexcept {
  using std::chrono::milliseconds;
  if (limit == limit.max()) return ::WaitForSingleObject(handle, INFINITE);
  if (limit <= limit.zero()) return ::WaitForSingleObject(handle, 0);

  constexpr milliseconds most{INFINITE - 1};
  const auto start = std::chrono::steady_clock::now();
  for (auto left = limit;;) {
    // Rounded up only below the most: the largest limits would overflow.
    const auto slice = left >= most ? most : std::chrono::ceil<milliseconds>(left);
    const DWORD result = ::WaitForSingleObject(handle, static_cast<DWORD>(slice.count()));
    if (result != WAIT_TIMEOUT) return result;
    left = limit - (std::chrono::steady_clock::now() - start);
    if (left <= left.zero()) return result;
  }
}

}  // namespace isthmus::detail
