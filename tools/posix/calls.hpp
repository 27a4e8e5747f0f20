// SPDX-License-Identifier: MIT
#pragma once

#include "../doctor.hpp"

#include <string>
#include <vector>

namespace tool {

/// Makes each system call once that the library cannot do without, or would not want to, in a child
/// process of its own. `place` is the session's directory; empty where there is none. One file for
/// each system.
void try_calls(const std::string& place, std::vector<finding>& into);

}  // namespace tool
