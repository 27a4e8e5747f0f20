// SPDX-License-Identifier: MIT
#include "guard.hpp"

#include "identity.hpp"
#include "member.hpp"
#include "record.hpp"
#include "seam.hpp"
#include "sleep.hpp"
#include "words.hpp"

#include <sched.h>

#include <array>

namespace isthmus::detail {
namespace {

using std::chrono::steady_clock;

constexpr std::uint64_t waiters = owner_word::waiters;
constexpr std::uint64_t apply = owner_word::mark;
constexpr std::uint64_t marks = waiters | apply;

/// The lock was `seen`, a dead holder's: takes it over and mends the object.
bool take_over(member& object, std::uint64_t seen, std::uint64_t me) noexcept {
  const std::uint64_t dead = seen & ~marks;
  const std::uint64_t taking = journal_was_open(dead, object.owners()) ? apply : seen & apply;
  if (!object.state().guard.compare_exchange_strong(seen, me | waiters | taking)) return false;
  seam::at(seam::step::guard_taken_over);
  object.mend(dead, taking != 0);
  object.state().guard.fetch_and(~apply);
  return true;
}

/// Sleeps until the lock, whose value was `seen`, or its holder's life has changed.
void sleep_on_guard(dispatcher_state& state, std::uint64_t seen, const owner_watch& watch,
                    steady_clock::time_point until) noexcept {
  if ((seen & waiters) == 0 && !state.guard.compare_exchange_strong(seen, seen | waiters)) return;
  const std::array<watched_word, 2> words{
      {{&futex_half(state.guard), owner_word::futex_value(seen | waiters)},
       {watch.word, watch.value}}};
  sleep_on({words.data(), watch.word != nullptr ? 2U : 1U}, until);
}

}  // namespace

bool lock_guard(member& object, std::uint64_t me, steady_clock::time_point deadline) noexcept {
  dispatcher_state& state = object.state();
  bool ask_process = false;
  for (int tries = 0;; ++tries) {
    std::uint64_t seen = 0;
    if (state.guard.compare_exchange_strong(seen, me)) return true;
    if (tries < 20) {  // it is held for a moment only
      ::sched_yield();
      continue;
    }
    owner_watch watch;
    if (look_at(seen & ~marks, object.owners(), ask_process, watch) == life_of::dead) {
      if (take_over(object, seen, me)) return true;
      continue;
    }
    const auto now = steady_clock::now();
    if (now >= deadline) return false;
    const auto slice = watch.polled ? shortest_sleep : std::chrono::milliseconds(10);
    sleep_on_guard(state, seen, watch, deadline - now < slice ? deadline : now + slice);
    ask_process = true;
  }
}

void unlock_guard(dispatcher_state& state) noexcept {
  if ((state.guard.exchange(0) & waiters) != 0) wake_all(futex_half(state.guard));
}

void mend_guard(member& object) noexcept {
  std::uint64_t seen = object.state().guard.load(std::memory_order_acquire);
  if ((seen & ~marks) == 0) {
    // A mark without a guard: somebody has written over the guard.
    failure why;
    const std::uint64_t me = token_for(object.user(), why);
    if (me == 0 || !object.state().guard.compare_exchange_strong(seen, me)) return;
    object.set_free();
    return unlock_guard(object.state());
  }
  owner_watch watch;
  if (look_at(seen & ~marks, object.owners(), true, watch) != life_of::dead) return;
  failure why;
  const std::uint64_t me = token_for(object.user(), why);
  if (me != 0 && take_over(object, seen, me)) unlock_guard(object.state());
}

void open_journal(std::uint64_t me) noexcept { own_journal(me)->store(1); }
void close_journal(std::uint64_t me) noexcept { own_journal(me)->store(0); }

}  // namespace isthmus::detail
