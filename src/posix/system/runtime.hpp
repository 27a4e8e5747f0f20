// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace isthmus::detail {

/// The directory that session directories lie in: what ISTHMUS_RUNTIME_DIR says, but for programs
/// that run with more rights than who started them; else the system's.
std::string runtime_path();

}  // namespace isthmus::detail
