// SPDX-License-Identifier: MIT
//
// The file of a named section, found again by those who open the name. What the anchor records is
// its word, not the kernel's: whoever wrote it lets us open a file with our rights. So the file
// that is opened is asked, never a path: it is plain, it is the recorded one, and of an anchor of
// another user's it belongs to that user. A file is found
//
//     by a descriptor of this process   where it holds the section already
//     by its path                       no part of which is a symbolic link
//     by a holder's descriptor          where the path leads there no more, and the system and the
//                                       holder let us
#pragma once

#include "failure.hpp"
#include "posix/objects/body.hpp"

#include <sys/stat.h>

namespace isthmus::detail {

/// Opens the file of a section that has one, for a body that holds its anchor: file_changed where
/// it cannot be found any more, untrusted where it is not the maker's to show, or what the system
/// says about our right to it.
void open_file_of(body& made, const struct stat& anchor, failure& why);

}  // namespace isthmus::detail
