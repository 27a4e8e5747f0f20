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

/// Signals a mutex, semaphore or event, then waits for `awaited`. The rights have been checked.
wait_status signal_and_wait_for(dispatcher& signaled, dispatcher& awaited,
                                std::chrono::nanoseconds limit, failure& why);

}  // namespace isthmus::detail
