// SPDX-License-Identifier: MIT
//
// Removing what crashed processes left: dead anchors, temporary files, records of dead processes.
#pragma once

#include <isthmus/clean.hpp>

#include "../clean.hpp"
#include "directory.hpp"

namespace isthmus::detail {

/// Looks at everything in the directory. `error`: 0, or the error number of what kept it from that.
clean_result sweep(const directory& dir, cleaning how, int& error) noexcept;

/// Looks at a few objects, once in each process.
void sweep_some_once(const directory& dir) noexcept;

/// Looks at a few records, others each time. Each process does it once, so they do not pile up.
void sweep_some_records(const directory& dir) noexcept;
/// Where there is no room for another one.
void sweep_all_records(const directory& dir) noexcept;

}  // namespace isthmus::detail
