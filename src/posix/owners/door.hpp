// SPDX-License-Identifier: MIT
//
// Two threads of different PID namespaces can have the same number; in containers, 1 is the usual
// one. The kernel knows nothing else of an owner. Were a thread killed between its step on a
// mutex's word and clearing `pending`, the kernel would look at the word, find its number there,
// and mark it as dead, though by then another container's thread of that number might own it.
//
// So once processes of two namespaces have come to a mutex, whoever wants to own it goes through a
// door first: a second word of the same kind, taken before the mutex's word and given back after
// it. Nobody else is at the mutex's word as long as one holds the door, and the kernel comes to
// that word before it comes to the door. So the word is never marked falsely, and its mark alone
// tells of a death. The door may be marked falsely. Then somebody else may come through, too; but
// he finds the mutex owned, or else who was there first finds the door no longer his, and goes
// back.
//
// docs/models/mutex.pml tries all orders of these steps.
//
//     step       from               to       by whom
//     enter      0                  me       whoever has seen the mutex free, or its owner dead
//     enter      D, and the mutex's  me      the same: that one has died at the door
//                owner is another
//     leave      me, or me with D   0        the holder
#pragma once

#include "posix/owners/owner_page.hpp"
#include "posix/owners/self.hpp"
#include "posix/words/layout.hpp"

namespace isthmus::detail::door {

/// The node of the door's word. It has no room for a pointer back, whose place is the mutex's
/// `next`: while both are linked, the mutex's node is right in front of it.
inline std::byte* node_in(own_part& part, const robust_shape& shape) noexcept {
  return part.nodes.data() + (-shape.offset - 8);
}

/// Through the door, if it is free. Its node is linked then.
bool enter(owner_line& line, own_part& part, const robust_shape& shape) noexcept;
/// Whether it is this thread's still.
bool is_held(const owner_line& line) noexcept;
/// The holder has died, and the kernel has not said so: as it would have.
void bury(owner_line& line, std::uint64_t holder) noexcept;
/// Back; the mutex's node is not linked any more.
void leave(owner_line& line, own_part& part, const robust_shape& shape) noexcept;

}  // namespace isthmus::detail::door
