// SPDX-License-Identifier: MIT
//
// The files behind file-backed sections.
#pragma once

#include "failure.hpp"
#include "posix/objects/body.hpp"
#include "posix/system/descriptor.hpp"
#include "section.hpp"

#include <cstdint>

namespace isthmus::detail {

/// Opens the file (or takes a descriptor of the caller's for its own), with the mode that the
/// access asks for. A directory or anything else that is not a plain file is an error.
descriptor open_source(const file_source& file, isthmus::access access, failure& why);

/// Decides the section's size and extends the file where that is needed (SEC-06 to SEC-10). The
/// file is recorded in `facts`.
bool fit_file(int fd, std::uint64_t wanted, isthmus::access access, object_facts& facts,
              failure& why);

/// Where the file is, for those who open the section by name; empty where it has no path.
std::string path_of(int fd);

}  // namespace isthmus::detail
