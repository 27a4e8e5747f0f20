// SPDX-License-Identifier: MIT
//
// What whoever gives something (a permit, a set event, a free mutex) does after the step that gave
// it: wake those it is for. Nothing here waits for a lock or takes memory; all of it may run in a
// signal handler.
#pragma once

#include "posix/words/counted.hpp"
#include "posix/words/layout.hpp"

#include <atomic>
#include <cstdint>

namespace isthmus::detail {

/// `grants` were made: wakes as many waiters. Where fewer sleep, the others are on their way; if
/// the grants remain unclaimed for 2 ms, somebody registered has died, or is stopped. Then all
/// grants are taken back, for the living to take anew, but for those of firm registrations
/// (firm.hpp). That is at worst unfair, but for one case: what goes beyond the maximum is lost. So
/// it is not done in haste.
void wake_granted(dispatcher_state& state, const counted::rules& of, std::uint32_t grants) noexcept;

/// The same, but if fewer sleep it leaves it at that: whoever looks 50 ms later finds the dead.
void wake_waiters(dispatcher_state& state, std::uint32_t grants) noexcept;

/// Held by a thread in a wait that may sleep. A giver that is a signal handler on that thread may
/// be giving to the wait that it interrupts, which cannot claim before the handler returns: it does
/// not wait for that.
class waiting_here {
 public:
  waiting_here() noexcept : before_(now_.exchange(true, std::memory_order_relaxed)) {}
  ~waiting_here() { now_.store(before_, std::memory_order_relaxed); }
  waiting_here(const waiting_here&) = delete;
  waiting_here& operator=(const waiting_here&) = delete;
  static bool now() noexcept { return now_.load(std::memory_order_relaxed); }

 private:
  [[gnu::visibility("hidden")]] static thread_local constinit std::atomic<bool> now_;
  bool before_;
};

/// Takes unclaimed grants back if they are older than a grant takes to be claimed, 50 ms. False:
/// there are none.
/// `user`: among whose processes the object is used; see identity.hpp.
bool take_back_stale(dispatcher_state& state, const counted::rules& of,
                     std::uint32_t user) noexcept;
/// The same at once, where a process with firm registrations has died.
void take_back_of_dead(dispatcher_state& state, const counted::rules& of,
                       std::uint32_t user) noexcept;

/// Waits for all that sleep on an object, in dispatcher_state::all:
///
///     bits 0–7  how many sleep (255: no more)        bits 8–31  how many were ever called
///
/// A sleeper adds itself, looks at the object once more, and sleeps. The caller turns (called, n)
/// into (called + n, 0) in one step. Each one called looks again and then adds one to `looked`, if
/// that is not equal to the number called; so when the two are equal, all have looked.
///
/// call_all calls. With `and_see` it waits until all have looked, so that no wait for all misses
/// what is reset at once (EVT-05); whoever resets does the same first. If nobody looks for 50 ms,
/// somebody called has died or is stopped: then the two are made equal, so that nobody waits for
/// him again.
void call_all(dispatcher_state& state, bool and_see) noexcept;
/// A wait for all has been called and has looked.
void looked_again(dispatcher_state& state) noexcept;
/// Whether somebody sleeps there, or has been called and not looked yet.
inline bool calls_pending(const dispatcher_state& state) noexcept {
  const std::uint32_t looked = state.looked.load();  // this one first
  return state.all.load() != looked << 8;
}

namespace all_word {
inline constexpr std::uint32_t sleepers = 255;
constexpr std::uint32_t called(std::uint32_t all) noexcept { return all >> 8; }
}  // namespace all_word

/// While all that is given goes to those who wait for the object alone, no wait for all would ever
/// see a permit. So each sixteenth of these givings calls them, too, and finding that others wait
/// they stand in line with them (wait_all.cpp).
inline bool calls_in_turn(std::uint64_t before, std::uint64_t after) noexcept {
  return ((counted::stamp(before) ^ counted::stamp(after)) & 16) != 0;
}

/// The step that gives permits, and what belongs to it. `what` makes the new word of the old one.
template <class Step>
std::uint64_t give_by(dispatcher_state& state, const counted::rules& of, Step what) noexcept {
  std::uint64_t seen = state.word.load(std::memory_order_relaxed);
  std::uint64_t next = what(seen);
  // Ordered before the look at `all` that follows: a wait for all adds itself there, then looks.
  while (!state.word.compare_exchange_weak(seen, next)) next = what(seen);
  const std::uint32_t grants = counted::granted(next) - counted::granted(seen);
  if (grants != 0) wake_granted(state, of, grants);
  if (counted::count(next, of) > counted::count(seen, of))
    call_all(state, true);
  else if (grants != 0 && calls_in_turn(seen, next))
    call_all(state, false);
  return seen;
}

}  // namespace isthmus::detail
