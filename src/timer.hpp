// SPDX-License-Identifier: MIT
//
// The contract between src/timer.cpp and the backends, beside src/dispatcher.hpp.
#pragma once

#include <isthmus/timer.hpp>

#include "dispatcher.hpp"

#include <chrono>
#include <variant>

namespace isthmus::detail {

/// From now on the monotonic clock (not negative), or a time of the wall clock.
using due_time = std::variant<std::chrono::nanoseconds, std::chrono::system_clock::time_point>;

/// The period is 0 (none) to 2^31-1 ms.
void arm_timer(dispatcher& state, const due_time& due, std::chrono::milliseconds period,
               failure& why);
void cancel_timer(dispatcher& state, failure& why);

}  // namespace isthmus::detail
