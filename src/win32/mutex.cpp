// SPDX-License-Identifier: MIT
#include "mutex.hpp"

#include "win32/ntdll.hpp"

namespace isthmus::detail {

void unlock_mutex(dispatcher& state, failure& why) {
  const int number = release_mutex(dispatcher_handle(state));
  if (number != 0) why.set_native(number);
}

std::optional<last_owner_info> mutex_last_owner(const dispatcher&, failure&) {
  return std::nullopt;  // the system does not remember
}

}  // namespace isthmus::detail
