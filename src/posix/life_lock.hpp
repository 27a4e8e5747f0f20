// SPDX-License-Identifier: MIT
//
// The lock that tells whether an object lives: an open-file-description lock on the anchor's first
// byte, which the kernel drops when the last descriptor goes, however it goes.
//
//     held for reading   somebody holds the object
//     held for writing   somebody removes its name (or has it nearly removed)
//     not held           dead
//
// Nothing here ever waits. Each gives 0 or an error number.
#pragma once

namespace isthmus::detail {

enum class life { held, being_removed, dead, unknown };

/// Holds; EAGAIN while somebody removes.
int hold(int fd) noexcept;
/// Takes the right to remove; EAGAIN while anybody else holds. A holder's own hold is turned into
/// it in one step, and kept where that fails.
int claim_removal(int fd) noexcept;
/// Gives up what this description has.
int let_go(int fd) noexcept;
/// Asks without disturbing anybody. The description's own hold does not count.
life ask(int fd) noexcept;

}  // namespace isthmus::detail
