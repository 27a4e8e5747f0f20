// SPDX-License-Identifier: MIT
#include "posix/waits/member.hpp"

#include "posix/owners/holding.hpp"
#include "posix/owners/last_owner.hpp"
#include "posix/owners/owner.hpp"
#include "posix/system/seam.hpp"
#include "posix/waits/give.hpp"
#include "posix/waits/registration.hpp"
#include "posix/waits/schedule.hpp"
#include "posix/words/latch.hpp"
#include "posix/words/mutex_word.hpp"

namespace isthmus::detail {

using seam::step;

machine machine_of(kind kind, bool manual) noexcept {
  if (kind == kind::mutex) return machine::mutex;
  return manual && kind != kind::semaphore ? machine::latch : machine::counted;
}

counted::rules rules_of(kind kind, std::uint32_t maximum) noexcept {
  return kind == kind::semaphore ? counted::for_semaphore(maximum)
         : kind == kind::timer   ? counted::for_timer
                                 : counted::for_event;
}

member::member(dispatcher_block& block, const body* object, detail::kind kind, bool manual,
               std::uint32_t maximum, std::uint32_t user) noexcept
    : block_(&block),
      object_(object),
      user_(user),
      kind_(kind),
      machine_(machine_of(kind, manual)),
      rules_(rules_of(kind, maximum)),
      began_(machine_ == machine::latch ? latch::times(state().word.load(std::memory_order_relaxed))
                                        : 0) {}

std::uint64_t member::guard_mark() const noexcept {
  return machine_ == machine::mutex     ? mutex_word::guard
         : machine_ == machine::counted ? counted::guard
                                        : latch::guard;
}

guard_place member::guard() noexcept {
  if (!guard_ && object_ != nullptr) guard_ = mapped_guard(*object_);
  return guard_;
}

bool member::owned_by(std::uint64_t me) noexcept {
  return machine_ == machine::mutex &&
         mutex_word::owner(word().load(std::memory_order_relaxed)) == me;
}

/// A grant in the line, for this wait.
bool member::has_grant(std::uint64_t word) const noexcept {
  if (line_ == nullptr) return false;
  line_->notice(word);
  return *line_ && line_->entitled() && counted::granted(word) != 0;
}

/// Whether the word lets `me` take the object, its guard left aside.
bool member::free_to_take(std::uint64_t word, std::uint64_t me) noexcept {
  switch (machine_) {
    case machine::counted:
      return counted::count(word, rules_) != 0 || has_grant(word) ||
             (called_ && rules_.pulses && counted::pulsed_for(word, *called_));
    case machine::latch:
      return (word & latch::is_set) != 0 ||
             (kind_ == kind::event && (word & latch::pulsed) != 0 && latch::times(word) != began_);
    case machine::mutex:
      break;
  }
  const std::uint64_t owner = mutex_word::owner(word);
  return owner == 0 || owner == me || look_at_owner(*block_, word, owners()) == life_of::dead;
}

bool member::ready(std::uint64_t me) noexcept {
  if (is_timer()) (void)expire(*block_, false);
  return free_to_take(word().load(), me);
}

/// The word of an object that is free to take.
std::uint64_t member::reserved(std::uint64_t word) const noexcept {
  if (machine_ != machine::counted || counted::count(word, rules_) != 0) return word | guard_mark();
  return has_grant(word) ? counted::reserve_grant(word, rules_)
                         : counted::reserve_pulse(word, rules_);
}

/// The guard is ours; so a mark that is there is nobody's, but somebody has written it there.
bool member::reserve(std::uint64_t me) noexcept {
  std::uint64_t seen = word().load();
  if ((seen & guard_mark()) != 0) {
    set_free();
    seen = word().load();
  }
  std::uint64_t next = 0;
  do {
    if ((seen & guard_mark()) != 0 || !free_to_take(seen, me)) return false;
    next = reserved(seen);
  } while (!word().compare_exchange_weak(seen, next));
  if (line_ != nullptr && counted::waiting(next) < counted::waiting(seen)) line_->end();
  return true;
}

/// What was set free may be for others.
void member::tell(std::uint64_t before, std::uint64_t after) noexcept {
  if (machine_ != machine::counted) return;
  if (counted::granted(after) > counted::granted(before))
    wake_waiters(state(), counted::granted(after) - counted::granted(before));
  if ((counted::takeable(after, rules_) && calls_pending(state())) || calls_in_turn(before, after))
    call_all(state(), false);
}

/// The word of an object that is no mutex.
std::uint64_t member::taken(std::uint64_t word) const noexcept {
  return machine_ == machine::counted ? counted::take_reserved(word, rules_) : word & ~latch::guard;
}

void member::forget_sets() noexcept {
  if (machine_ == machine::counted && counted::set_in_vain(state().word.load(), rules_))
    state().word.fetch_and(~counted::again);
}

wait_status member::take_mutex(std::uint64_t me) noexcept {
  owner_line& line = line_of(*block_);
  std::uint64_t seen = line.word.load();
  const std::uint64_t owner = mutex_word::owner(seen);
  const owner_name dead = owner != 0 ? name_of_owner(*block_, owner, owners()) : owner_name{};
  // It is marked, so nobody else takes it; but somebody may begin to sleep.
  while (holding::take_approached(line, seen, me | (seen & mutex_word::waiters), true) !=
         holding::taking::taken) {
  }
  if (owner_word::is_recorded(me)) note_record(*block_, me);
  if (owner == 0) return wait_status::signaled;
  seam::at(step::lock_taken_over);
  write_last_owner(block_->last_owner, dead);
  return wait_status::abandoned;
}

wait_status member::take(std::uint64_t me) noexcept {
  if (machine_ == machine::mutex) return take_mutex(me);
  std::uint64_t seen = word().load();
  std::uint64_t next = taken(seen);
  while (!word().compare_exchange_weak(seen, next)) next = taken(seen);
  tell(seen, next);
  return wait_status::signaled;
}

std::uint64_t member::freed(std::uint64_t word) const noexcept {
  return machine_ == machine::counted ? counted::set_free(word, rules_) : word & ~guard_mark();
}

void member::set_free() noexcept {
  std::uint64_t seen = word().load();
  std::uint64_t next = freed(seen);
  while (!word().compare_exchange_weak(seen, next)) next = freed(seen);
  tell(seen, next);
}

void member::mend(std::uint64_t dead, const owner_name& name, bool taking) noexcept {
  std::uint64_t seen = word().load();
  if ((seen & guard_mark()) == 0) return;
  const bool buries = taking && machine_ == machine::mutex;
  // Whoever finds the mutex abandoned reads the note.
  if (buries) note_dead(*block_, dead, name);
  const auto next = [&] {
    if (buries) return owner_word::buried(dead) | (seen & mutex_word::waiters);
    return taking ? taken(seen) : freed(seen);
  };
  while ((seen & guard_mark()) != 0) {
    const std::uint64_t after = next();
    if (word().compare_exchange_weak(seen, after)) return tell(seen, after);
  }
}

}  // namespace isthmus::detail
