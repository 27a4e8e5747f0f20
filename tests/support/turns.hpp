// SPDX-License-Identifier: MIT
//
// Two players who take turns by a condition: a lock that guards whose turn it is, and an object by
// which each calls the other. Both unlock and wait by signal_and_wait. A call that is lost, or that
// the caller takes itself, stops both of them for ever.
#pragma once

#include "support/limits.hpp"

#include <isthmus/isthmus.hpp>

#include <string>
#include <system_error>

namespace support {

/// What the lock guards. `volatile` because a reader of the test may not know what orders it.
struct turn_table {
  volatile int turn = 0;
  volatile int taken = 0;
  volatile int over = 0;
};

/// How many turns there are to be in 5 s, wherever it is: under Wine and with the portable engine,
/// on a busy machine, a turn takes many milliseconds.
inline constexpr int least_turns = 50;

// The lock: a mutex, or a semaphore or an automatic event that can be had at first.
inline bool take_lock(isthmus::waitable& lock) {
  return lock.wait_for(patience()) == isthmus::wait_status::signaled;
}
inline void leave_lock(isthmus::mutex& lock) { lock.unlock(); }
inline void leave_lock(isthmus::semaphore& lock) { lock.release(); }
inline void leave_lock(isthmus::event& lock) { lock.set(); }

// The call: an event, or a semaphore with one permit at most.
inline void call(isthmus::event& answer) { answer.set(); }
inline void call(isthmus::semaphore& answer) {
  std::error_code ec;
  answer.release(1, ec);  // one that nobody has taken yet is as good as a new one
}
inline void forget_calls(isthmus::event& answer) { answer.reset(); }
inline void forget_calls(isthmus::semaphore&) {}

/// Takes turns, `me` being 0 or 1, until both together have taken `wanted`, or for 5 s.
/// Empty, or what went wrong. A manual event is reset and set with the lock, so that no call is of
/// a time before; everything else is set without.
template <class Lock, class Answer>
std::string take_turns(Lock& lock, Answer& answer, bool manual, turn_table& table, int me,
                       int wanted) {
  const auto end = clock::now() + scaled(5s);
  for (;;) {
    if (!take_lock(lock)) return "the lock is not to be had";
    while (table.turn != me && table.over == 0) {
      if (manual) forget_calls(answer);
      const auto status = isthmus::signal_and_wait_for(lock, answer, patience());
      if (status != isthmus::wait_status::signaled)
        return "no answer after " + std::to_string(table.taken) + " turns";
      if (!take_lock(lock)) return "the lock is not to be had again";
    }
    const bool ends = table.over != 0;
    if (!ends) {
      table.turn = 1 - me;
      table.taken = table.taken + 1;
      if (table.taken >= wanted || (table.taken % 64 == 0 && clock::now() > end)) table.over = 1;
    }
    const bool last = table.over != 0;
    if (manual) call(answer);
    leave_lock(lock);
    if (!manual && !ends) call(answer);
    if (last) return {};
  }
}

}  // namespace support
