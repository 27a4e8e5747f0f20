// SPDX-License-Identifier: MIT
//
// What `isthmus doctor` finds. One file for each system looks.
#pragma once

#include <isthmus/inspect.hpp>

#include <string>
#include <vector>

namespace tool {

enum class health { fine, remark, problem };

struct finding {
  health how = health::fine;
  std::string what;
  std::string advice = {};  ///< what to do about it
};

/// What this system offers to the library, beyond what the library itself says.
[[nodiscard]] std::vector<finding> examine(const isthmus::system_report& system);

}  // namespace tool
