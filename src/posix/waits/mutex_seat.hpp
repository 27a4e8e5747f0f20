// SPDX-License-Identifier: MIT
//
// A waiter for a mutex; see mutex_word.hpp and seat.hpp.
//
// No wake is lost. A sleeper sleeps only if the word still has the value, W included, with which it
// decided to, and the kernel changes that very word, and wakes, at the owner's death. An unlocker
// that is killed before it wakes anybody wakes one by dying, unless another one has the mutex by
// then. One that was woken
// and does not take the mutex (its time is up, or another object has ended its wait) passes the
// wake on; one that is killed in between is made up for by the others' next look around, after
// longest_sleep.
#pragma once

#include "posix/owners/holding.hpp"
#include "posix/owners/record.hpp"
#include "posix/waits/member.hpp"
#include "posix/waits/watch_list.hpp"
#include "posix/words/layout.hpp"
#include "posix/words/mutex_word.hpp"

#include <isthmus/waitable.hpp>

#include <chrono>
#include <cstdint>

namespace isthmus::detail {

class mutex_seat {
 public:
  mutex_seat(const member& object, std::uint64_t me) noexcept : object_(object), me_(me) {}

  /// A mutex that is free stays so until somebody takes it: nothing can be missed.
  static bool begin(std::uint64_t) noexcept { return false; }
  void give_back() noexcept {}
  /// failed: see refuse().
  wait_status take(std::chrono::nanoseconds& patience) noexcept;
  /// Why it has failed: this thread owns too many mutexes, or this one so often that it cannot
  /// count once more (MTX-14).
  void refuse(failure& why) const;
  bool settle(watch_list& list) noexcept;
  void woken() noexcept { slept_ = true; }
  void leave() noexcept;

 private:
  std::atomic<std::uint64_t>& word() noexcept { return line_of(object_.block()).word; }
  wait_status take_once() noexcept;

  member object_;
  std::uint64_t me_;
  std::uint64_t seen_ = 0;
  bool slept_ = false;
  bool held_up_ = false;  // another thread of ours was still at its node
};

/// Whether a mutex is locked as often as can be, 2^31 times (MTX-14).
inline bool deepest(const owner_line& line) noexcept {
  return line.depth.load(std::memory_order_relaxed) >= holding::deepest;
}
/// This thread's mutex once more: signaled, or failed.
wait_status take_again(owner_line& line) noexcept;

}  // namespace isthmus::detail
