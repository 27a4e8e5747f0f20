// SPDX-License-Identifier: MIT
//
// The kernel's part: which processes hold which anchors. Asked from outside, without any lock.
#pragma once

#include <isthmus/inspect.hpp>

#include <sys/types.h>

#include <span>
#include <vector>

namespace isthmus::detail {

/// An anchor, and who was found to hold it.
struct held_anchor {
  dev_t device = 0;
  ino_t inode = 0;
  std::vector<process_note> holders = {};
};

enum class sight {
  none,  ///< the system does not tell
  some,  ///< some processes cannot be looked at
  all,
};

/// Finds the holders of all these in one go.
sight find_holders(std::span<held_anchor> anchors);

}  // namespace isthmus::detail
