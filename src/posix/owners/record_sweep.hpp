// SPDX-License-Identifier: MIT
//
// Removing the records of dead processes.
#pragma once

#include "clean.hpp"
#include "posix/names/directory.hpp"

#include <isthmus/clean.hpp>

namespace isthmus::detail {

/// Looks at `most` of a directory's records and adds what it has removed to `result`. Gives 0, or
/// the error number of what kept it from seeing everything.
///
/// A journal that a dead process has left open tells what to do with objects that it had reserved.
/// It is of use only as long as a process lives that might come by them: one that has a record, or,
/// as one gets that late or never, one that holds any object (`held`).
int sweep_records(const directory& dir, int most, bool held, cleaning what,
                  clean_result& result) noexcept;

/// Looks at a few, others each time. Each process does it once, so they do not pile up.
void sweep_some_records(const directory& dir) noexcept;
/// Where there is no room for another one.
void sweep_all_records(const directory& dir) noexcept;

}  // namespace isthmus::detail
