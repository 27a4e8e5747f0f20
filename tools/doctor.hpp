// SPDX-License-Identifier: MIT
//
// What `isthmus doctor` finds. One file for each system looks.
#pragma once

#include <isthmus/inspect.hpp>

#include <string>
#include <vector>

namespace tool {

/// `degraded`: it works, but slower or with less to see.
enum class health { fine, remark, degraded, problem };

struct finding {
  health how = health::fine;
  std::string what;
  std::string advice = {};  ///< what to do about it
  std::string call = {};    ///< of the system, which is missing
};

/// What the system offers to the library, call by call, and where names live.
[[nodiscard]] std::vector<finding> examine(const isthmus::system_report& system);

/// Uses the library as programs do, with child processes.
[[nodiscard]] std::vector<finding> try_library(const isthmus::system_report& system);

/// The part of `try_library` that a child process plays: `doctor --trial ROLE SCOPE NAME`.
[[nodiscard]] bool is_trial(const std::vector<std::string>& arguments);
[[nodiscard]] int play_trial(const std::vector<std::string>& arguments);

}  // namespace tool
