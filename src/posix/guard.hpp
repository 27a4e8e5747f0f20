// SPDX-License-Identifier: MIT
//
// Guards: how a wait for all takes several objects at once. Each object has a guard lock, whose
// holder may reserve the object by the guard mark in its word; a reserved object cannot be taken by
// anybody else. The word of the lock, dispatcher_state::guard, is a token as in a mutex's word:
//
//     step      from         to          by whom
//     lock      0            me          a wait for all, in the order of the objects' identities
//     block     live         live | W    whoever is about to sleep on it
//     unlock    me | W?      0           the holder; then it wakes all sleepers
//     take over dead | …     me | W | T? anybody who has seen that the holder has died; it mends
//                                        the object before anything else. T: it has to take the
//                                        object in the dead one's name; cleared when that is done
//
// What a dead holder leaves. Its slot's journal (thread_slot::operation) is 1 from before its first
// taking until after its last. Closed: it has taken nothing, and the mark is cleared. Open: it had
// everything reserved and was taking; what it still has marked is taken in its name (a mutex is
// then abandoned). So its wait has taken all or nothing, wherever it died.
#pragma once

#include "layout.hpp"

#include <chrono>
#include <cstdint>

namespace isthmus::detail {

class member;

/// Locks the guard of an object. False: not until `deadline`.
bool lock_guard(member& object, std::uint64_t me,
                std::chrono::steady_clock::time_point deadline) noexcept;
void unlock_guard(dispatcher_state& state) noexcept;

/// For whoever is held up by a guard mark: makes sure that its owner lives, or mends what it left.
void mend_guard(member& object) noexcept;

/// This thread's journal.
void open_journal(std::uint64_t me) noexcept;
void close_journal(std::uint64_t me) noexcept;

}  // namespace isthmus::detail
