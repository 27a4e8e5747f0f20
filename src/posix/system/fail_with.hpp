// SPDX-License-Identifier: MIT
#pragma once

#include "failure.hpp"

namespace isthmus::detail {

/// Reports an errno value; where a limit of the process is the reason, says which and how much.
void fail_with(int number, failure& why);

}  // namespace isthmus::detail
