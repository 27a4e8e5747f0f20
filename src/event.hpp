// SPDX-License-Identifier: MIT
//
// The contract between src/event.cpp and the backends, beside src/dispatcher.hpp.
#pragma once

#include <isthmus/event.hpp>

#include "dispatcher.hpp"

namespace isthmus::detail {

/// Async-signal-safe on POSIX.
void set_event(dispatcher& state, failure& why);
void reset_event(dispatcher& state, failure& why);
void pulse_event(dispatcher& state, failure& why);

}  // namespace isthmus::detail
