// SPDX-License-Identifier: MIT
#pragma once

#include "wait.hpp"

#include <chrono>
#include <span>

namespace isthmus::detail {

/// Waits until all objects can be taken at once, and takes them.
wait_result wait_all(std::span<dispatcher* const> objects, std::chrono::nanoseconds limit,
                     failure& why);

}  // namespace isthmus::detail
