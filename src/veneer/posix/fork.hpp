// SPDX-License-Identifier: MIT
//
// What to do about a fork: before it, after it in the parent, after it in the child.
#pragma once

namespace isthmus::veneer {

struct fork_steps {
  void (*before)();
  void (*in_parent)();
  void (*in_child)();
};

/// Registers the steps when it is made, before main.
struct at_fork {
  explicit at_fork(fork_steps steps) noexcept;
};

}  // namespace isthmus::veneer
