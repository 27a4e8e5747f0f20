// SPDX-License-Identifier: MIT
//
// The command line: which subcommands and options there are, and their help.
#pragma once

#include <string>
#include <vector>

namespace tool {

/// Reads the arguments and does what they say: the exit code. Throws `stop` or isthmus::error.
int run_command_line(std::vector<std::string> arguments);

}  // namespace tool
