// SPDX-License-Identifier: MIT
//
// Removing all that crashed processes left in a directory: names, records, listeners, wishes.
#pragma once

#include "clean.hpp"
#include "posix/names/directory.hpp"

#include <isthmus/clean.hpp>

namespace isthmus::detail {

/// `error`: 0, or the error number of what kept it from seeing everything.
clean_result sweep(const directory& dir, cleaning how, int& error) noexcept;

}  // namespace isthmus::detail
