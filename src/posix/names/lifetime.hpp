// SPDX-License-Identifier: MIT
//
// How the life of a name is kept: one of two ways, chosen when the library is built. Their objects
// never meet, because each way has session directories of its own.
//
//     onefile   an object is one file in memory, with an open-file-description lock on it, which
//               can be asked about; made without a name and linked when it is complete (Linux)
//     apart     a section's bytes are a shared memory object beside the anchor; the lock is a
//               flock, which cannot be asked about, so whoever works on a name has a turn
//               (turn.hpp); needs neither files in memory nor locks that can be asked (elsewhere)
#pragma once

#include <string_view>

namespace isthmus::detail {

/// Sections of memory have their bytes apart from their anchor.
extern const bool bytes_apart;

/// How many turns there are in a directory: names that share one wait for each other. 0: none does.
extern const unsigned turn_count;

/// There is a scope::global. Not where bytes are apart: a dead object must go with whoever comes
/// next, and another user's shared memory cannot be removed.
extern const bool global_names;

/// What the names of session directories begin with.
extern const std::string_view directory_prefix;

}  // namespace isthmus::detail
