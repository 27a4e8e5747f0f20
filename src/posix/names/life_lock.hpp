// SPDX-License-Identifier: MIT
//
// The lock that tells whether an object lives: one on the anchor that belongs to the description,
// so that the kernel drops it when the last descriptor goes, however it goes. One file per way of
// lifetime.hpp: an open-file-description lock on the first byte, or a flock.
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
/// Takes the right to remove; EAGAIN while anybody else holds, and then a flock of our own has
/// gone. A holder's own hold is turned into it, and so that nobody else comes in between.
int claim_removal(int fd) noexcept;
/// Gives up what this description has.
int let_go(int fd) noexcept;
/// Asks without disturbing anybody. The description's own hold does not count, and a flock of our
/// own is gone afterwards. With flock only for who has a turn at the name (turn.hpp).
life ask(int fd) noexcept;

}  // namespace isthmus::detail
