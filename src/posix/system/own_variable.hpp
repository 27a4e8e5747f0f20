// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace isthmus::detail {

/// A variable of this process's environment; empty where it is not set, and in programs that run
/// with other rights than their user's, whose environment is not to be trusted. One file per
/// system.
std::string own_variable(const char* name);

}  // namespace isthmus::detail
