// SPDX-License-Identifier: MIT
#pragma once

#include "process.hpp"

#include <sys/types.h>

namespace isthmus::detail {

/// Starts the program: the child's number, or -1 and `why`.
pid_t spawn(const start_request& request, failure& why);

}  // namespace isthmus::detail
