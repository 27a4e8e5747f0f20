// SPDX-License-Identifier: MIT
#pragma once

#include "posix/system/fork.hpp"

namespace isthmus::detail {

/// Held while objects are packed for a child and until it has them. A fork by another thread would
/// copy what carries them, and then hold the objects longer than anybody wants.
using start_gate = hold_off_fork;

}  // namespace isthmus::detail
