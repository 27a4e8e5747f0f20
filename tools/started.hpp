// SPDX-License-Identifier: MIT
//
// A command that runs under the care of this program.
#pragma once

#include "signals.hpp"

#include <isthmus/process.hpp>

#include <string>
#include <vector>

namespace tool {

/// Runs it to its end, with signals sent on to it; its exit code. Ends with cannot_run or
/// no_command where it cannot be started.
[[nodiscard]] int run_to_end(const std::vector<std::string>& command, signal_relay& signals,
                             std::vector<isthmus::environment_change> environment = {});

}  // namespace tool
