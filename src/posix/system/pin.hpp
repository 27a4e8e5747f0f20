// SPDX-License-Identifier: MIT
//
// Files that are looked at before they are opened. Opening is not harmless where others choose what
// stands at a path: a device may rewind its tape, and what was looked at by path may not be what is
// opened by path. So a file is pinned, its pin is looked at (fstat), and the pin is opened.
#pragma once

#include "posix/system/descriptor.hpp"

#include <sys/stat.h>
#include <sys/types.h>

namespace isthmus::detail {

/// Pins what stands at a path, of which no part is a symbolic link (ELOOP). Empty: errno.
descriptor pin_path(const char* path) noexcept;

/// Pins the file of this device and inode, which some process that holds the anchor has open. Empty
/// where there is none that this process may look into.
descriptor pin_of_holder(const struct stat& anchor, dev_t device, ino_t inode);

/// Opens what is pinned, and was at this path. Empty: errno; ENOSYS where that needs /proc. Systems
/// without such pins go by the path once more, so look at what was opened.
descriptor open_pinned(const descriptor& pin, const char* path, int mode) noexcept;

}  // namespace isthmus::detail
