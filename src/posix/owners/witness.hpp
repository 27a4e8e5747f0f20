// SPDX-License-Identifier: MIT
//
// A second witness of an owner's death, for the few that the kernel does not mark: it takes the
// memory of a process that it has killed for want of memory away before it walks the lists, and a
// thread that calls exec has another number by then. The owner has noted in the object's page who
// it is. Whoever waits in vain for a second, and lives among the same process numbers, asks the
// kernel whether that thread is still there. Where it cannot tell, the owner lives.
#pragma once

#include "posix/words/layout.hpp"
#include "posix/words/owner_word.hpp"

#include <array>
#include <cstdint>

namespace isthmus::detail {

/// A note, copied; `owner` is 0 where none is whole.
struct noted_owner {
  std::uint64_t owner = 0;
  std::uint64_t start = 0;
  std::uint64_t space = 0;  ///< in which process numbers are meant, and since which start
  std::uint32_t process_id = 0;
  std::array<char, 65> program{};
};
noted_owner read_note(const owner_note& note) noexcept;
/// Only the mutex's owner may, or who mends it.
void write_note(owner_note& note, const noted_owner& owner) noexcept;

/// What is the same in all notes of this process, once a thread has enrolled.
const noted_owner& own_facts() noexcept;
/// Finds it out, if that has not been done.
void find_own_facts() noexcept;
/// In a child: it is another process.
void forget_own_facts() noexcept;

/// Whether it is about the owner of a word, who may have died: of a dead one the word tells the
/// process only.
constexpr bool is_about(const noted_owner& note, std::uint64_t owner) noexcept {
  return note.owner != 0 &&
         (owner_word::is_dead(owner) ? owner_word::nonce(note.owner) == owner_word::nonce(owner)
                                     : note.owner == owner);
}

/// Whether the system says that the thread of the note is no more. False where that cannot be
/// known.
bool has_ended(const noted_owner& note) noexcept;
/// The same of the process, whichever of its threads has written the note, where `start` is when
/// the process began.
bool process_has_ended(const noted_owner& note) noexcept;
/// When this one began, once a thread has enrolled.
std::uint64_t known_process_start() noexcept;

}  // namespace isthmus::detail
