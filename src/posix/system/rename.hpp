// SPDX-License-Identifier: MIT
#pragma once

namespace isthmus::detail {

/// Gives a directory entry another name that must not exist yet: 0, EEXIST, or another error
/// number. Where the system cannot promise that, an empty directory of the same user is replaced,
/// which does no harm where it is used.
int rename_new(int directory, const char* from, const char* to) noexcept;

}  // namespace isthmus::detail
