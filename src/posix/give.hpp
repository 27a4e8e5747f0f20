// SPDX-License-Identifier: MIT
//
// What whoever gives something (a permit, a set event, a free mutex) does after the step that gave
// it: wake those it is for. Nothing here waits for a lock or takes memory; all of it may run in a
// signal handler.
#pragma once

#include "counted.hpp"
#include "layout.hpp"

#include <cstdint>

namespace isthmus::detail {

/// `grants` were made: wakes as many waiters. Where fewer sleep and the grants remain unclaimed,
/// somebody registered has died, or is stopped; then all grants are taken back, for the living to
/// take anew. That is never wrong, at worst unfair.
void wake_granted(dispatcher_state& state, const counted::rules& of, std::uint32_t grants) noexcept;

/// Takes unclaimed grants back if they are older than a grant takes to be claimed, 50 ms. False:
/// there are none.
bool take_back_stale(dispatcher_state& state, const counted::rules& of) noexcept;

/// Calls the waits for all that sleep on this object. Their word, dispatcher_state::all:
///
///     bits 0–7  how many sleep (255: or more)        bits 8–31  counts calls
///
/// A sleeper adds itself, looks at the object once more, and sleeps. The caller clears the number
/// and moves the count in one step. With `and_see` it then waits until that many have looked again,
/// but for 2 ms at most, so that a wait for all does not miss what is reset at once (EVT-05).
void call_all(dispatcher_state& state, bool and_see) noexcept;

/// The step that gives permits, and what belongs to it. `what` makes the new word of the old one.
template <class Step>
std::uint64_t give_by(dispatcher_state& state, const counted::rules& of, Step what) noexcept {
  std::uint64_t seen = state.word.load(std::memory_order_relaxed);
  std::uint64_t next = what(seen);
  // Ordered before the look at `all` that follows: a wait for all adds itself there, then looks.
  while (!state.word.compare_exchange_weak(seen, next)) next = what(seen);
  const std::uint32_t grants = counted::granted(next) - counted::granted(seen);
  if (grants != 0) wake_granted(state, of, grants);
  if (counted::count(next, of) > counted::count(seen, of)) call_all(state, true);
  return seen;
}

}  // namespace isthmus::detail
