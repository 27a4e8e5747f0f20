// SPDX-License-Identifier: MIT
//
// Who a thread is when it owns a mutex, and whether an owner lives. Where the kernel tells of
// owners' deaths in the word itself, nothing else is needed; else records tell (record.hpp).
// Threads of both sorts meet on the same mutex: the number in the word says which sort its owner is
// of.
#pragma once

#include "failure.hpp"
#include "posix/owners/owner_page.hpp"
#include "posix/owners/record.hpp"
#include "posix/words/layout.hpp"
#include "posix/words/owner_word.hpp"

#include <cstdint>

namespace isthmus::detail {

/// This thread among those who use an object as `user`, by a record; enrols it if need be. 0 on
/// failure.
std::uint64_t recorded_owner(dispatcher_block& block, std::uint32_t user, failure& why);
/// This thread as the owner of a mutex that is being made; see waits/owner_for.hpp. 0 on failure.
std::uint64_t owner_of_new(failure& why);

/// Whether the owner in a mutex's word lives.
life_of look_at_owner(dispatcher_block& block, std::uint64_t word,
                      const object_owners& object) noexcept;

/// The same for a look from outside, at a copy of the page, say.
bool owner_seems_alive(const dispatcher_block& block, std::uint64_t owner,
                       const object_owners& object) noexcept;

/// The word has been the same for a second: asks the second witness (witness.hpp), and marks it
/// where the owner has ended. True: the word is another now.
bool bury_if_ended(dispatcher_block& block, std::uint64_t word) noexcept;

/// What a wait for so many mutexes says that failed: the thread owns as much as it can.
void locked_too_often(std::uint64_t me, std::size_t mutexes, failure& why);

/// Whether nobody has changed the word for a second, as far as this process has looked. True once
/// in a second at most: what is asked then takes longer than a look at the word.
bool has_stood_still(own_part& part, std::uint64_t word) noexcept;

/// Who an owner is or was, as far as that is known.
owner_name name_of_owner(const dispatcher_block& block, std::uint64_t owner,
                         const object_owners& object) noexcept;
/// The same of whoever has left a note elsewhere.
owner_name name_by_note(const owner_note& where, std::uint64_t owner,
                        const object_owners& object) noexcept;
/// The owner of a word that a dead wait for all has left to others (waits/guard.hpp): as if it had
/// died as the mutex's owner.
void note_dead(dispatcher_block& block, std::uint64_t token, const owner_name& name) noexcept;

}  // namespace isthmus::detail
