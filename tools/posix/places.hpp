// SPDX-License-Identifier: MIT
#pragma once

#include "../doctor.hpp"

#include <string>
#include <vector>

namespace tool {

/// Looks at the directory that names live in, and at the one above. `place` may be empty: there is
/// none.
void look_at_places(const std::string& place, const std::string& base, std::vector<finding>& into);

/// Whether a directory's files are in memory; true where the system does not tell. One file for
/// each system.
[[nodiscard]] bool is_in_memory(const std::string& place);

}  // namespace tool
