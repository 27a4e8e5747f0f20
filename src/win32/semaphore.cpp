// SPDX-License-Identifier: MIT
#include "semaphore.hpp"

#include "win32/windows.hpp"

namespace isthmus::detail {

std::int32_t release_semaphore(dispatcher& state, std::int32_t count, failure& why) {
  if (count < 1) {  // of which Wine makes other things (SEM-05)
    why.set(errc::invalid_argument, "at least one permit is released");
    return 0;
  }
  LONG before = 0;
  if (!::ReleaseSemaphore(dispatcher_handle(state), count, &before)) why.set_native(last_error());
  return before;
}

}  // namespace isthmus::detail
