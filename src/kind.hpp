// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace isthmus::detail {

/// The kinds of object that share one namespace (NAME-17). The numbers are in shared memory.
/// A process is one by itself: it has no name and is never in there.
enum class kind : std::uint32_t { section = 1, mutex, semaphore, event, timer, process };

}  // namespace isthmus::detail
