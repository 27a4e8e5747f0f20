// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace isthmus::detail {

/// Backend contract: sleeps for a short while, or less: look again. Not a place where a thread can
/// be cancelled.
void pause_for(std::chrono::nanoseconds time) noexcept;

}  // namespace isthmus::detail
