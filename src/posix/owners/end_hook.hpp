// SPDX-License-Identifier: MIT
//
// How a thread's end shows in its slot where the kernel does not mark it: by a hook that runs when
// the thread ends. It does not when the process ends; then the record's lock goes.
#pragma once

#include "posix/words/layout.hpp"

namespace isthmus::detail {

/// Makes a slot this thread's. 0 or an error number.
int arm_by_hook(thread_slot& slot) noexcept;
/// In a child: the thread's slot belongs to a parent process.
void disarm_hook() noexcept;

}  // namespace isthmus::detail
