// SPDX-License-Identifier: MIT
#include "fork.hpp"

#include <pthread.h>

namespace isthmus::veneer {

at_fork::at_fork(fork_steps steps) noexcept {
  ::pthread_atfork(steps.before, steps.in_parent, steps.in_child);
}

}  // namespace isthmus::veneer
