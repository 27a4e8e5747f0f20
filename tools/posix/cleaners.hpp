// SPDX-License-Identifier: MIT
//
// What else might remove objects: services that tidy up after users.
#pragma once

#include "../doctor.hpp"

#include <string>
#include <vector>

namespace tool {

void look_for_cleaners(const std::string& place, std::vector<finding>& into);

}  // namespace tool
