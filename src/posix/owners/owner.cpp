// SPDX-License-Identifier: MIT
#include "posix/owners/owner.hpp"

#include "posix/owners/door.hpp"
#include "posix/owners/holding.hpp"
#include "posix/owners/identity.hpp"
#include "posix/owners/owner_page.hpp"
#include "posix/owners/self.hpp"
#include "posix/owners/users.hpp"
#include "posix/owners/witness.hpp"
#include "posix/system/monotonic.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include <chrono>

namespace isthmus::detail {

bool has_stood_still(own_part& part, std::uint64_t word) noexcept {
  using namespace std::chrono_literals;
  constexpr auto patience = static_cast<std::uint64_t>(std::chrono::nanoseconds(1s).count());
  const std::uint64_t now = monotonic_of(std::chrono::steady_clock::now());
  if (part.stuck_word.load(std::memory_order_relaxed) != word) {
    part.stuck_since.store(now, std::memory_order_relaxed);
    part.stuck_word.store(word, std::memory_order_relaxed);
    return false;
  }
  std::uint64_t since = part.stuck_since.load(std::memory_order_relaxed);
  return now - since >= patience &&
         part.stuck_since.compare_exchange_strong(since, now, std::memory_order_relaxed);
}

std::uint64_t recorded_owner(dispatcher_block& block, std::uint32_t user, failure& why) {
  const std::uint64_t me = enter_late(block, user, why) ? token_for(user, why) : 0;
  if (me != 0) come_with_record(block, me);
  return me;
}

std::uint64_t owner_of_new(failure& why) {
  if (const owning_thread* const self = enrolled_thread()) return self->token;
  return token_for(::geteuid(), why);
}

life_of look_at_owner(dispatcher_block& block, std::uint64_t word,
                      const object_owners& object) noexcept {
  const std::uint64_t owner = owner_word::owner(word);
  if (owner_word::is_dead(owner)) return life_of::dead;
  if (owner_word::is_recorded(owner)) return look_at(owner, object, block.owner);
  (void)bury_if_ended(block, word);  // whoever looks again finds the mark
  return life_of::alive;
}

bool owner_seems_alive(const dispatcher_block& block, std::uint64_t owner,
                       const object_owners& object) noexcept {
  if (owner_word::is_dead(owner)) return false;
  if (owner_word::is_recorded(owner)) return look_at(owner, object, block.owner) == life_of::alive;
  find_own_facts();
  const noted_owner note = read_note(block.owner);
  return note.owner != owner || !has_ended(note);
}

bool bury_if_ended(dispatcher_block& block, std::uint64_t word) noexcept {
  owner_line& line = line_of(block);
  if (!has_stood_still(part_behind(line), word)) return false;
  find_own_facts();
  const noted_owner note = read_note(block.owner);
  if (note.owner != owner_word::owner(word) || !has_ended(note) ||
      !line.word.compare_exchange_strong(word, owner_word::buried(word)))
    return false;
  door::bury(line, note.owner);
  return true;
}

void locked_too_often(std::uint64_t me, std::size_t mutexes, failure& why) {
  if (holding::owns_too_many(me, mutexes))
    why.set(errc::limit_exceeded,
            fmt::format("a thread can own {} mutexes at once; unlock some", most_owned));
  else
    why.set(errc::limit_exceeded, "this thread has locked the mutex 2^31 times");
}

owner_name name_of_owner(const dispatcher_block& block, std::uint64_t owner,
                         const object_owners& object) noexcept {
  return name_by_note(block.owner, owner, object);
}

owner_name name_by_note(const owner_note& where, std::uint64_t owner,
                        const object_owners& object) noexcept {
  if (owner_word::is_recorded(owner)) return name_of(owner, object);
  const noted_owner note = read_note(where);
  if (!is_about(note, owner)) return {};
  owner_name name;
  try {
    name.program = note.program.data();
    name.process_id = note.process_id;
  } catch (const std::bad_alloc&) {
    name = {};
  }
  return name;
}

void note_dead(dispatcher_block& block, std::uint64_t token, const owner_name& name) noexcept {
  noted_owner dead;
  dead.owner = token;
  dead.process_id = name.process_id;
  name.program.copy(dead.program.data(), dead.program.size() - 1);
  write_note(block.owner, dead);
  line_of(block).noted.store(token, std::memory_order_relaxed);
}

}  // namespace isthmus::detail
