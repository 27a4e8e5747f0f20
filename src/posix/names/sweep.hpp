// SPDX-License-Identifier: MIT
//
// Removing the names that crashed processes left: dead anchors and temporary files.
#pragma once

#include "clean.hpp"
#include "posix/names/directory.hpp"

#include <isthmus/clean.hpp>

namespace isthmus::detail {

/// Looks at the directory's entries, `most` of them. `held` is set if one is in use, and `error` to
/// the number of what kept it from seeing everything.
clean_result sweep_entries(const directory& dir, int most, cleaning what, bool& held,
                           int& error) noexcept;

/// Looks at a few, once in each process.
void sweep_some_once(const directory& dir) noexcept;

}  // namespace isthmus::detail
