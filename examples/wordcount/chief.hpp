// SPDX-License-Identifier: MIT
//
// The process that the user starts: it makes the objects, starts the workers, and reports.
#pragma once

#include "options.hpp"

#include <stdexcept>
#include <string>

namespace wordcount {

/// A file that cannot be counted; what() is a sentence for the user.
struct bad_file : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Counts as the options say. `program` is what to start as a worker. Gives the exit code.
int run(const options& wanted, const std::string& program);

}  // namespace wordcount
