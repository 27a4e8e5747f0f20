// SPDX-License-Identifier: MIT
//
// The lock on a process's record: a classic POSIX record lock, which belongs to the process. It
// goes with the process and is not inherited. It also goes when the process closes any descriptor
// of the file: never open your own record.
#pragma once

namespace isthmus::detail {

/// Takes it for this process.
bool lock_record(int fd) noexcept;

/// Whether another process has it.
bool record_locked(int fd) noexcept;

}  // namespace isthmus::detail
