// SPDX-License-Identifier: MIT
//
// A lock for which the process needs a record (record.hpp), whatever the engine: a wait for all
// takes its objects' guards.
#pragma once

#include <isthmus/mutex.hpp>
#include <isthmus/wait.hpp>

#include "support/limits.hpp"

namespace white {

/// signaled, abandoned or timeout.
inline isthmus::wait_status lock_with_record(isthmus::mutex& guard) {
  return isthmus::wait_all_for({guard}, support::patience()).status;
}

}  // namespace white
