// SPDX-License-Identifier: MIT
//
// What tests do with mutexes again and again.
#pragma once

#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>

#include <system_error>

namespace support {

/// lock() with a limit, where a mistake of the library would make lock() hang: `timeout` then.
[[nodiscard]] inline isthmus::wait_status lock_within(isthmus::mutex& guard,
                                                      time_limit limit = patience()) {
  if (!guard.try_lock_for(limit)) return isthmus::wait_status::timeout;
  return guard.abandoned() ? isthmus::wait_status::abandoned : isthmus::wait_status::signaled;
}

/// Locks and unlocks, and tells how that went.
[[nodiscard]] inline isthmus::wait_status pass_through(isthmus::mutex& guard) {
  const auto status = lock_within(guard);
  if (status != isthmus::wait_status::timeout) guard.unlock();
  return status;
}

/// Whether a thread of its own could take the mutex; it gives it back.
[[nodiscard]] inline bool is_free(isthmus::mutex& guard) {
  return in_thread([&] {
    if (!guard.try_lock()) return false;
    guard.unlock();
    return true;
  });
}

/// Whether this thread may not unlock the mutex. If it may, it has.
[[nodiscard]] inline bool is_not_owner(isthmus::mutex& guard) {
  std::error_code ec;
  guard.unlock(ec);
  return ec == isthmus::errc::not_owner;
}

}  // namespace support
