// SPDX-License-Identifier: MIT
//
// A lock of whose owner a record tells (record.hpp), whatever the engine.
#pragma once

#include "posix/system/seam.hpp"

#include "support/limits.hpp"

#include <isthmus/mutex.hpp>

namespace white {

/// From now on the threads of this process that have not owned anything yet own with records.
inline void own_with_records() { isthmus::seam::no_lists = true; }

/// signaled, abandoned or timeout.
inline isthmus::wait_status lock_with_record(isthmus::mutex& guard) {
  own_with_records();
  return guard.wait_for(support::patience());
}

}  // namespace white
