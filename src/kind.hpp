// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace isthmus::detail {

/// The kinds of object that share one namespace (NAME-17). The numbers are in shared memory.
enum class kind : std::uint32_t { section = 1, mutex, semaphore, event, timer };

}  // namespace isthmus::detail
