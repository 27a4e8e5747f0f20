// SPDX-License-Identifier: MIT
//
// How an anchor gets its name: in one step, when it is complete and locked. Until then it has none,
// or one that nobody asks for, so a process that dies on the way leaves nothing that counts.
#pragma once

#include "descriptor.hpp"

#include <array>

namespace isthmus::detail {

/// A file that others cannot find yet.
struct unpublished_file {
  descriptor fd;
  std::array<char, 32> temporary{};  ///< its name where the system has no files without one
};

/// Makes one in a directory, with mode 0600; errno on failure.
unpublished_file make_unpublished(int directory) noexcept;

/// Gives it a name: 0, EEXIST, or another error number. It may be tried again. An object's is given
/// by who has a turn at it.
int publish(unpublished_file& file, int directory, const char* name) noexcept;

/// Takes back what has not been published.
void discard(unpublished_file& file, int directory) noexcept;

}  // namespace isthmus::detail
