// SPDX-License-Identifier: MIT
//
// The contract between src/wait.cpp and the backends.
#pragma once

#include <isthmus/wait.hpp>

#include "dispatcher.hpp"

#include <chrono>
#include <span>

namespace isthmus::detail {

/// Waits for one or for all of 1 to 64 objects, whose rights have been checked. For `all` no handle
/// is there twice, but there may be two handles to one object: invalid_argument.
wait_result wait_for_many(wait_kind kind, std::span<dispatcher* const> objects,
                          std::chrono::nanoseconds limit, failure& why);

/// Signals a mutex, semaphore or event and waits for `awaited`, as one who had come to wait before
/// the signal was given. When the limit has passed, `more` is asked for another. The rights have
/// been checked.
wait_status signal_and_wait_for(dispatcher& signaled, dispatcher& awaited,
                                std::chrono::nanoseconds limit, const longer_wait& more,
                                failure& why);

/// wait_for_one with limits of the same kind; each is a wait of its own.
inline wait_status wait_longer_for_one(dispatcher& object, std::chrono::nanoseconds limit,
                                       const longer_wait& more, failure& why) {
  for (;;) {
    const wait_status status = wait_for_one(object, limit, why);
    if (status != wait_status::timeout || (limit = more()) <= limit.zero()) return status;
  }
}

}  // namespace isthmus::detail
