// SPDX-License-Identifier: MIT
#include "posix/waits/guard.hpp"

#include "posix/owners/door.hpp"
#include "posix/owners/holding.hpp"
#include "posix/owners/identity.hpp"
#include "posix/owners/owner.hpp"
#include "posix/owners/record.hpp"
#include "posix/owners/witness.hpp"
#include "posix/system/seam.hpp"
#include "posix/system/sleep.hpp"
#include "posix/system/words.hpp"
#include "posix/waits/member.hpp"

#include <sched.h>

#include <algorithm>
#include <new>

namespace isthmus::detail {
namespace {

using std::chrono::steady_clock;

constexpr std::uint64_t waiters = owner_word::waiters;
constexpr std::uint64_t apply = owner_word::mark;

/// What is known of a guard's holder, and what it has decided.
struct holder_fate {
  bool dead = false;
  bool taking = false;
};

/// `seen` was loaded before.
holder_fate fate_of(member& object, const guard_place& at, std::uint64_t seen) noexcept {
  const std::uint64_t holder = owner_word::owner(seen);
  if (owner_word::is_recorded(holder)) {
    const bool dead = look_at(holder, object.owners(), at.page->holder) == life_of::dead;
    return {dead, dead && ((seen & apply) != 0 || journal_was_open(holder, object.owners()))};
  }
  const bool dead = owner_word::is_dead(holder);
  if ((seen & apply) != 0) return {dead, dead};
  const std::uint64_t commit = at.commit().load(std::memory_order_acquire);
  const bool committed =
      owner_word::is_dead(commit) && owner_word::nonce(commit) == owner_word::nonce(holder);
  return {dead || committed, committed};
}

/// A holder whom the kernel has not marked, though it has ended: marked as the kernel would have.
void bury_holder(const guard_place& at, std::uint64_t seen) noexcept {
  if (owner_word::is_recorded(seen) || owner_word::is_dead(seen) ||
      !has_stood_still(at.part(), seen))
    return;
  find_own_facts();
  const noted_owner note = read_note(at.page->holder);
  if (note.owner != owner_word::owner(seen) || !has_ended(note)) return;
  std::uint64_t commit = note.owner;
  // With the commit written, all was reserved.
  if ((seen & apply) != 0 ||
      !at.commit().compare_exchange_strong(commit, owner_word::buried(note.owner)))
    at.word().compare_exchange_strong(seen, owner_word::buried(seen));
  door::bury(*at.door, note.owner);
}

/// How long a guard is waited for by one who keeps others waiting meanwhile.
constexpr auto moment = std::chrono::milliseconds(10);

/// Whether a thread with a list owns the mutex, and the kernel has not said that it has died.
bool is_taken(std::uint64_t word) noexcept {
  const std::uint64_t owner = owner_word::owner(word);
  return owner != 0 && !owner_word::is_dead(owner) && !owner_word::is_recorded(owner);
}

/// What has to be done before a step on the guard, for others of this process and of other
/// namespaces; and that undone.
bool come_to(member& object, const guard_place& at, std::uint64_t seen) noexcept {
  const robust_shape& shape = *known_shape();
  if (holding::claim_nodes(at.word(), at.part(), seen, false) != holding::taking::taken)
    return false;
  bool there = true;
  if (object.machine() == machine::mutex) {
    std::uint64_t word = at.door->word.load();
    there = holding::approach(*at.door, noted_thread.token, word) == holding::taking::taken;
  } else {
    own_part& part = part_behind(*at.door);
    holding::come(*at.door, part);
    const bool by_door = holding::several_spaces(*at.door);
    there = !by_door || door::enter(*at.door, part, shape);
    part.by_door.store(by_door && there, std::memory_order_relaxed);
  }
  if (!there) disclaim(at.part(), noted_thread, false);
  return there;
}

void go_from(member& object, const guard_place& at, bool taken) noexcept {
  own_part& part = part_behind(*at.door);
  if (object.machine() == machine::mutex) {
    if (!taken) holding::withdraw(*at.door, noted_thread.token);
  } else if (part.by_door.load(std::memory_order_relaxed)) {
    door::leave(*at.door, part, *known_shape());
    part.by_door.store(false, std::memory_order_relaxed);
  }
  disclaim(at.part(), noted_thread, false);
}

void link_guard(std::byte* node, const robust_shape& shape) noexcept {
  robust::link(*noted_thread.list, shape, node);
  if (noted_thread.guards_end == nullptr) noted_thread.guards_end = node;
}
void unlink_guard(std::byte* node, const robust_shape& shape) noexcept {
  robust::unlink(*noted_thread.list, shape, node);
  if (noted_thread.guards_end == node) noted_thread.guards_end = nullptr;
}

/// The step from `seen`, which is free or dead, to `next`, and what belongs to it.
bool step_to(member& object, const guard_place& at, std::uint64_t seen,
             std::uint64_t next) noexcept {
  if (owner_word::is_recorded(next)) return at.word().compare_exchange_strong(seen, next);
  if (!come_to(object, at, seen)) return false;
  const robust_shape& shape = *known_shape();
  link_guard(at.node(shape), shape);
  if (at.word().compare_exchange_strong(seen, next)) {
    const bool by_door = part_behind(*at.door).by_door.load(std::memory_order_relaxed);
    if (!by_door || door::is_held(*at.door)) return true;
    holding::go_back(at.word(), next, seen);
  }
  unlink_guard(at.node(shape), shape);
  go_from(object, at, false);
  return false;
}

void note_holder(member& object, const guard_place& at, std::uint64_t me) noexcept {
  owner_line& line = at.page->line;
  if (line.noted.load(std::memory_order_relaxed) == me) return;
  if (owner_word::is_recorded(me)) {
    write_note(at.page->holder, recorded_note(object.block(), me));
  } else {
    noted_owner self = own_facts();
    self.owner = me;
    self.start = noted_thread.start;
    write_note(at.page->holder, self);
  }
  line.noted.store(me, std::memory_order_relaxed);
}

/// The guard was `seen`, a dead holder's: takes it over and mends the object.
bool take_over(member& object, const guard_place& at, std::uint64_t seen, bool taking,
               std::uint64_t me) noexcept {
  const owner_name dead =
      (seen & apply) != 0 ? owner_name{}
                          : name_by_note(at.page->holder, owner_word::owner(seen), object.owners());
  if (!step_to(object, at, seen, me | (seen & waiters) | (taking ? apply : 0))) return false;
  seam::at(seam::step::guard_taken_over);
  if (!taking) at.commit().store(0);
  object.mend(owner_word::owner(seen), dead, taking);
  if (taking) at.commit().store(0);
  at.word().fetch_and(~apply);
  note_holder(object, at, me);
  return true;
}

/// Sleeps until the guard, whose value was `seen`, has changed.
void sleep_on_guard(std::atomic<std::uint64_t>& word, std::uint64_t seen,
                    steady_clock::time_point until) noexcept {
  if ((seen & waiters) == 0 && !word.compare_exchange_strong(seen, seen | waiters)) return;
  const watched_word one{&futex_half(word), owner_word::futex_value(seen | waiters)};
  sleep_on({&one, 1}, until);
}

}  // namespace

std::uint64_t guard_identity(dispatcher_block& block, std::uint32_t user, failure& why) {
  if (const owning_thread* const self = enrolled_thread()) return self->token;
  return recorded_owner(block, user, why);
}

bool lock_guard(member& object, std::uint64_t me, steady_clock::time_point deadline,
                bool holds_others, unseen_owner* unseen) noexcept {
  const guard_place at = object.guard();
  for (int tries = 0;; ++tries) {
    // Its owner keeps the door, and in this process the nodes, as long as it likes.
    if (object.machine() == machine::mutex && is_taken(at.door->word.load())) return false;
    const std::uint64_t seen = at.word().load(std::memory_order_acquire);
    if (owner_word::owner(seen) == 0) {
      if (step_to(object, at, seen, me | (seen & waiters))) {
        at.commit().store(0, std::memory_order_release);  // before the object is reserved
        note_holder(object, at, me);
        return true;
      }
    }
    if (tries < 20) {  // it is held for a moment only
      ::sched_yield();
      continue;
    }
    const holder_fate fate = fate_of(object, at, seen);
    if (fate.dead && take_over(object, at, seen, fate.taking, me)) return true;
    const auto now = steady_clock::now();
    if (holds_others && tries == 20) deadline = std::min(deadline, now + moment);
    if (now >= deadline) return false;
    if (unseen != nullptr && unseen->for_too_long(now)) return false;
    bury_holder(at, seen);
    const bool nobody_wakes = owner_word::is_recorded(owner_word::owner(seen)) || fate.dead;
    const auto slice = nobody_wakes ? shortest_sleep : std::chrono::milliseconds(10);
    sleep_on_guard(at.word(), seen, deadline - now < slice ? deadline : now + slice);
  }
}

void unlock_guard(member& object, std::uint64_t me) noexcept {
  const guard_place at = object.guard();
  const bool wake = (at.word().exchange(0) & waiters) != 0;
  if (!owner_word::is_recorded(me)) {
    unlink_guard(at.node(*known_shape()), *known_shape());
    go_from(object, at, false);
  }
  if (wake) wake_all(futex_half(at.word()));
}

void unlock_taken(member& object, std::uint64_t me) noexcept {
  if (owner_word::is_recorded(me)) return unlock_guard(object, me);
  const guard_place at = object.guard();
  const bool wake = (at.word().exchange(0) & waiters) != 0;
  at.commit().compare_exchange_strong(me, 0);  // or the next holder's already
  robust::unlink_first(*noted_thread.list, *known_shape());
  if (noted_thread.guards_end == at.commit_node(*known_shape())) noted_thread.guards_end = nullptr;
  go_from(object, at, true);
  if (wake) wake_all(futex_half(at.word()));
}

void mend_marked_guard(member& object) noexcept {
  const guard_place at = object.guard();
  if (!at) return;
  const std::uint64_t seen = at.word().load(std::memory_order_acquire);
  if (owner_word::owner(seen) != 0 && !owner_word::is_recorded(owner_word::owner(seen)) &&
      fate_of(object, at, seen).dead)
    mend_guard(object);
}

void mend_guard(member& object) noexcept {
  const guard_place at = object.guard();
  if (!at) return;
  std::uint64_t me = 0;
  try {
    failure none;
    me = guard_identity(object.block(), object.user(), none);
  } catch (const std::bad_alloc&) {
  }
  if (me == 0) return;
  const std::uint64_t seen = at.word().load(std::memory_order_acquire);
  if (owner_word::owner(seen) == 0) {
    // A mark without a guard: somebody has written over the guard.
    if (!step_to(object, at, seen, me | (seen & waiters))) return;
    at.commit().store(0);
    object.set_free();
    return unlock_guard(object, me);
  }
  const holder_fate fate = fate_of(object, at, seen);
  if (!fate.dead) return bury_holder(at, seen);
  if (take_over(object, at, seen, fate.taking, me)) unlock_guard(object, me);
}

}  // namespace isthmus::detail
