// SPDX-License-Identifier: MIT
#include "member.hpp"

#include "last_owner.hpp"
#include "latch.hpp"
#include "mutex_word.hpp"
#include "schedule.hpp"
#include "seam.hpp"

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

member::member(dispatcher_block& block, detail::kind kind, bool manual, std::uint32_t maximum,
               std::uint32_t user) noexcept
    : block_(&block),
      user_(user),
      kind_(kind),
      machine_(machine_of(kind, manual)),
      rules_(rules_of(kind, maximum)) {}

std::uint64_t member::guard_mark() const noexcept {
  return machine_ == machine::mutex     ? mutex_word::guard
         : machine_ == machine::counted ? counted::guard
                                        : latch::guard;
}

bool member::owned_by(std::uint64_t me) noexcept {
  return machine_ == machine::mutex &&
         mutex_word::owner(state().word.load(std::memory_order_relaxed)) == me;
}

/// Whether the word lets `me` take the object, its guard left aside.
bool member::free_to_take(std::uint64_t word, std::uint64_t me, bool ask_process,
                          owner_watch& watch) noexcept {
  switch (machine_) {
    case machine::counted:
      return counted::count(word, rules_) != 0;
    case machine::latch:
      return (word & latch::is_set) != 0;
    case machine::mutex:
      break;
  }
  const std::uint64_t owner = mutex_word::owner(word);
  return owner == 0 || owner == me || look_at(owner, owners(), ask_process, watch) == life_of::dead;
}

bool member::ready(std::uint64_t me, bool ask_process, owner_watch& watch) noexcept {
  if (is_timer()) (void)expire(*block_, false);
  return free_to_take(state().word.load(), me, ask_process, watch);
}

bool member::reserve(std::uint64_t me) noexcept {
  owner_watch watch;
  std::uint64_t seen = state().word.load();
  do {
    if ((seen & guard_mark()) != 0 || !free_to_take(seen, me, false, watch)) return false;
  } while (!state().word.compare_exchange_weak(seen, seen | guard_mark()));
  return true;
}

std::uint64_t member::taken(std::uint64_t word, std::uint64_t me) const noexcept {
  switch (machine_) {
    case machine::mutex:
      return me | (word & mutex_word::waiters);
    case machine::counted:
      return counted::take_reserved(word, rules_);
    case machine::latch:
      return word & ~latch::guard;
  }
  return word;
}

void member::forget_sets() noexcept {
  if (machine_ == machine::counted && rules_.pulses && (state().word.load() & counted::again) != 0)
    state().word.fetch_and(~counted::again);
}

wait_status member::take(std::uint64_t me) noexcept {
  std::uint64_t seen = state().word.load();
  const std::uint64_t owner = machine_ == machine::mutex ? mutex_word::owner(seen) : 0;
  const owner_name dead = owner != 0 ? name_of(owner, owners()) : owner_name{};
  while (!state().word.compare_exchange_weak(seen, taken(seen, me))) {
  }
  if (machine_ != machine::mutex) return wait_status::signaled;
  state().depth.store(0, std::memory_order_relaxed);
  if (owner == 0) return wait_status::signaled;
  seam::at(step::lock_taken_over);
  write_last_owner(block_->last_owner, dead);
  return wait_status::abandoned;
}

std::uint64_t member::freed(std::uint64_t word) const noexcept {
  return machine_ == machine::counted ? counted::set_free(word, rules_) : word & ~guard_mark();
}

void member::set_free() noexcept {
  std::uint64_t seen = state().word.load();
  while (!state().word.compare_exchange_weak(seen, freed(seen))) {
  }
}

void member::mend(std::uint64_t dead, bool taking) noexcept {
  std::uint64_t seen = state().word.load();
  while ((seen & guard_mark()) != 0 &&
         !state().word.compare_exchange_weak(seen, taking ? taken(seen, dead) : freed(seen))) {
  }
}

}  // namespace isthmus::detail
