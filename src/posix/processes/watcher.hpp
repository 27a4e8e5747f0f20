// SPDX-License-Identifier: MIT
//
// The thread that waits for the ends of processes: of those that somebody waits for beside other
// objects, and of those whose handle went first, so that no zombie is left. There is one at most,
// and none while there is nothing to watch.
#pragma once

#include "failure.hpp"
#include "posix/processes/child.hpp"

#include <memory>

namespace isthmus::detail {

/// From now on the child's latch is set when it ends. Starts the thread if need be.
bool watch(const std::shared_ptr<child>& one, failure& why);
/// Nobody waits for it any more.
void unwatch(const std::shared_ptr<child>& one) noexcept;

}  // namespace isthmus::detail
