// SPDX-License-Identifier: MIT
//
// Guards: how a wait for all takes several objects at once. Whoever holds an object's guard may
// reserve the object by the guard mark in its word; a reserved object cannot be taken by anybody
// else. The guard is a word like a mutex's (words/owner_word.hpp), an entry in its holder's list:
//
//     step       from          to            by whom
//     lock       0             me            a wait for all, in the order of the objects'
//                                            identities; whoever arms a timer; a mender
//     block      live          live | W      whoever is about to sleep on it
//     unlock     me | W?       0             the holder; then it wakes all sleepers
//     die        live | …      D | …         the kernel, at the end of the holder's thread
//     take over  dead | W?     me | W? | T?  anybody; it mends the object before anything else. T:
//                                            it has to take the object in the dead one's name;
//                                            cleared when that is done
//
// The second word of the same kind is the commit. With all objects reserved, the taker writes its
// token into the commits of all, which are in no list yet, links their nodes into a chain of their
// own that ends where its list went on behind the guards, and stores the chain's beginning into the
// head of its list. That one store is the decision:
//
//     killed before it   the kernel marks the guards     the reserved objects are set free
//     killed after it    the kernel marks the commits    what is still reserved is taken in the
//                                                        dead one's name; a mutex is abandoned then
//
// So the wait has taken all or nothing, wherever it died, and each object tells by itself which.
// (Where the kernel marks nothing, see owners/witness.hpp, a written commit counts as the decision;
// so a death just while the commits are written, for want of memory, can leave a half.) The holder
// of a guard clears the commit before it reserves. A guard's holder has died if the guard is
// marked, or the commit is and tells the same process; while T is set, only the former. Steps on
// the two words are made while their nodes are in the list, never by `pending`, and where processes
// of several PID namespaces meet, behind the door (owners/door.hpp). So neither is ever marked
// falsely.
//
// A thread without a list guards with a token that its record tells of (record.hpp). Its decision
// is its slot's journal, 1 from before its first taking until after its last.
//
// docs/models/commit.pml tries all orders of these steps and of deaths.
#pragma once

#include "posix/owners/unseen_owner.hpp"
#include "posix/words/layout.hpp"

#include <chrono>
#include <cstdint>

namespace isthmus::detail {

class member;
struct failure;

/// This thread as the holder of an object's guard, among that user's processes where a record tells
/// of it. 0 on failure.
std::uint64_t guard_identity(dispatcher_block& block, std::uint32_t user, failure& why);

/// Locks the guard of an object, which is mapped. False: not until `deadline`, nor for long where
/// this thread `holds_others`; or it is a mutex that is taken; or `unseen` says that the wait is to
/// fail.
bool lock_guard(member& object, std::uint64_t me, std::chrono::steady_clock::time_point deadline,
                bool holds_others = false, unseen_owner* unseen = nullptr) noexcept;
/// Nothing has been taken.
void unlock_guard(member& object, std::uint64_t me) noexcept;
/// The object has been taken, the first in the chain.
void unlock_taken(member& object, std::uint64_t me) noexcept;

/// For whoever is held up by a guard mark: makes sure that its holder lives, or mends what it left.
void mend_guard(member& object) noexcept;
/// The same if one look tells that the holder has died.
void mend_marked_guard(member& object) noexcept;

}  // namespace isthmus::detail
