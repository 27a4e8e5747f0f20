// SPDX-License-Identifier: MIT
//
// Runs the isthmus command in surroundings that are made for it: other mounts, or fewer system
// calls.
#pragma once

#include "tools/command.hpp"

#include <functional>
#include <string>
#include <vector>

namespace support {

/// What a child does before it becomes the command: false (with errno) where it may not.
using preparation = std::function<bool()>;

/// Runs `isthmus` with these arguments. `prepare` runs between fork and exec, so it must not
/// allocate. Skips the test where it is not permitted.
[[nodiscard]] answer command_in(const preparation& prepare,
                                const std::vector<std::string>& arguments);

/// A mount namespace of its own, with a file system in memory at a place.
[[nodiscard]] bool mount_memory(const char* place, unsigned long flags, const char* options);

/// From now on the system call fails with this error; with `command`, only where its second
/// argument is that.
struct forbidden {
  int call = 0;
  int error = 0;  ///< 0: the process is killed
  int command = -1;
};
[[nodiscard]] bool forbid(const forbidden& what);

/// From now on all calls but these kill the process.
[[nodiscard]] bool allow_only(const std::vector<int>& calls);

}  // namespace support
