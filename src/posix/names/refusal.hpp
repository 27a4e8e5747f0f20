// SPDX-License-Identifier: MIT
//
// What the system refuses in a directory, in words that say what to do.
#pragma once

#include "failure.hpp"

#include <string>

namespace isthmus::detail {

/// Reports an errno value that making, opening, naming or locking something in a directory has
/// come to. `fd` is the directory, or anything else in its file system; -1 where it could not be
/// opened.
void refused(int number, const std::string& path, int fd, failure& why);

/// Whether an errno value tells of want (of descriptors, memory, locks) or of a failing device, and
/// not of what is looked at.
bool is_shortage(int number) noexcept;

}  // namespace isthmus::detail
