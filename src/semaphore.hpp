// SPDX-License-Identifier: MIT
//
// The contract between src/semaphore.cpp and the backends, beside src/dispatcher.hpp.
#pragma once

#include <isthmus/semaphore.hpp>

#include "dispatcher.hpp"

#include <cstdint>

namespace isthmus::detail {

/// Gives permits; the count before. Less than one is invalid_argument, too many limit_exceeded.
/// Async-signal-safe on POSIX.
std::int32_t release_semaphore(dispatcher& state, std::int32_t count, failure& why);

}  // namespace isthmus::detail
