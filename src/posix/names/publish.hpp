// SPDX-License-Identifier: MIT
//
// How an anchor gets its name: in one step, when it is complete and locked. Until then it has none,
// or one that nobody asks for, so a process that dies on the way leaves nothing that counts.
#pragma once

#include "posix/system/descriptor.hpp"

#include <array>
#include <cerrno>

namespace isthmus::detail {

/// A file that others cannot find yet.
struct unpublished_file {
  descriptor fd;
  std::array<char, 48> temporary{};  ///< its name where the system has no files without one
  int home = -1;                     ///< the directory that it was made in, which stays open
};

/// Makes one in a directory, with mode 0600; errno on failure. `stem` begins the temporary name.
unpublished_file make_unpublished(int directory, const char* stem = ".t") noexcept;

/// Gives it a name in this or in another directory: 0, EEXIST, cannot_be_named, or another error
/// number. It may be tried again. An object's is given by who has a turn at it.
int publish(unpublished_file& file, int directory, const char* name) noexcept;

/// It was made without a name, and there is no way here to give it one (an older kernel, and no
/// /proc). Make another one: from now on they have temporary names.
inline constexpr int cannot_be_named = EOPNOTSUPP;

/// Takes back what has not been published.
void discard(unpublished_file& file) noexcept;

}  // namespace isthmus::detail
