// SPDX-License-Identifier: MIT
//
// Children of this program that inherit.
#pragma once

#include "support/child.hpp"
#include "support/limits.hpp"

#include <isthmus/process.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

using inheritance = std::vector<isthmus::inherit_entry>;

inline isthmus::process start_heir(std::string_view child, std::vector<std::string> arguments,
                                   inheritance inherit = {}) {
  arguments.insert(arguments.begin(), child_argument(child));
  return isthmus::process::start({.program = child_program(),
                                  .arguments = std::move(arguments),
                                  .inherit = std::move(inherit)});
}

/// Its exit code.
inline int result_of(isthmus::process started) {
  REQUIRE(started.wait_for(patience()) == isthmus::wait_status::signaled);
  return started.exit_code().value_or(-1);
}

}  // namespace support
