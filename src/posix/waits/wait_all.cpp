// SPDX-License-Identifier: MIT
//
// Waits for all of several objects. What they take, and how, is in waits/all_taking.hpp.
//
// While an object is missing, the wait sleeps on that one, in its `all` (give.hpp). Where others
// wait for that object alone, all that is given goes to them, so there it stands in line with them
// (waits/line_place.hpp): with a grant, it reserves that. If another object is missing by then,
// the grant goes on to the next in line.
#include "posix/waits/wait_all.hpp"

#include "posix/owners/owner.hpp"
#include "posix/owners/unseen_owner.hpp"
#include "posix/system/no_cancel.hpp"
#include "posix/system/seam.hpp"
#include "posix/system/sleep.hpp"
#include "posix/system/words.hpp"
#include "posix/waits/all_sleeper.hpp"
#include "posix/waits/all_taking.hpp"
#include "posix/waits/give.hpp"
#include "posix/waits/line_place.hpp"
#include "posix/waits/schedule.hpp"
#include "posix/waits/wait_identities.hpp"
#include "posix/waits/watch_list.hpp"
#include "posix/words/mutex_word.hpp"

#include <algorithm>
#include <cstddef>

namespace isthmus::detail {
namespace {

using namespace std::chrono_literals;
using seam::step;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

class all_of {
 public:
  all_of(std::span<dispatcher* const> objects, const identities& self, failure& why)
      : objects_(objects, self, why) {}

  /// All at once, or timeout and nothing; failed where a mutex of this thread's is locked as often
  /// as can be. A guard that somebody has for longer than until `patience` ends it.
  wait_status take(steady_clock::time_point patience);
  /// After a look that came to nothing: whether the wait is to fail, since it cannot be seen
  /// whether an owner lives.
  bool cannot_see_owner(steady_clock::time_point now, failure& why);
  /// Sleeps until the object that was missing may be there.
  void sleep(steady_clock::time_point now, steady_clock::time_point deadline);

 private:
  /// The objects learn at which of them we have been called, and have not answered.
  void note_caller() noexcept;
  bool settle(watch_list& list) noexcept;
  void woken() noexcept;

  all_taking objects_;
  all_sleeper sleeper_;
  line_place line_;  // at the missing object
  unseen_owner unseen_;
};

void all_of::note_caller() noexcept {
  for (std::size_t i = 0; i < objects_.size(); ++i)
    objects_[i].note_called(sleeper_.called_at(objects_[i].state()));
}

wait_status all_of::take(steady_clock::time_point patience) {
  const std::size_t slept_on = objects_.missing();
  if (sleeper_.was_called()) note_caller();
  objects_[slept_on].stand_in(line_.registered());
  const wait_status status = objects_.take(patience, unseen_);
  objects_[slept_on].stand_in(nullptr);
  if (status != wait_status::timeout || objects_.missing() != slept_on) line_.leave();
  if (!objects_.held_up() && sleeper_.was_called()) {  // else we have not looked yet
    sleeper_.answer();
    note_caller();
  }
  seam::at(step::all_looked);
  return status;
}

bool all_of::cannot_see_owner(steady_clock::time_point now, failure& why) {
  if (!unseen_ && !unseen_.for_too_long(now)) return false;
  unseen_owner::refuse(why);
  return true;
}

/// Prepares the sleep. False: the object may be there, look again.
bool all_of::settle(watch_list& list) noexcept {
  member& one = objects_[objects_.missing()];
  const std::uint64_t next = one.is_timer() ? expire(one.block(), false) : never;
  if (objects_.missing_has_come()) return false;
  dispatcher_state& state = one.state();
  if (one.machine() == machine::mutex) {
    std::atomic<std::uint64_t>& word = one.word();
    std::uint64_t seen = word.load();
    if (mutex_word::owner(seen) == 0 || owner_word::is_dead(seen)) return false;
    if ((seen & mutex_word::waiters) == 0) {
      if (!word.compare_exchange_strong(seen, seen | mutex_word::waiters)) return false;
      note_sign_of_life();  // it has been unlocked since it was marked
    }
    // There the kernel wakes at the owner's death; whoever unlocks it wakes there, too.
    list.add(futex_half(word), owner_word::futex_value(seen | mutex_word::waiters));
    if (owner_word::is_recorded(mutex_word::owner(seen))) list.within(shortest_sleep);
  } else if (one.machine() == machine::counted) {
    take_back_stale(state, one.rules(), one.user());
    if (!line_.stand(one, list)) return false;
  }
  if (state.portable.load(std::memory_order_relaxed) != 0) list.within(shortest_sleep);
  list.until(next);
  return true;
}

void all_of::woken() noexcept {
  member& one = objects_[objects_.missing()];
  const std::uint64_t word = one.word().load();
  // The wake may have been meant for one who waits for the mutex alone.
  if (one.machine() == machine::mutex &&
      (mutex_word::owner(word) == 0 || owner_word::is_dead(word)))
    wake_one(futex_half(one.word()));
}

void all_of::sleep(steady_clock::time_point now, steady_clock::time_point deadline) {
  dispatcher_state& state = objects_[objects_.missing()].state();
  if (!sleeper_.join(state)) return;
  watch_list list(now, deadline);
  list.add(state.all, state.all.load());
  if (!sleeper_.has_joined()) list.within(shortest_sleep);  // too many
  if (sleeper_.called() || !settle(list)) return;
  seam::at(step::all_before_sleep);
  list.sleep();
  woken();
  sleeper_.called();
}

}  // namespace

wait_result wait_all(std::span<dispatcher* const> objects, nanoseconds limit, failure& why) {
  const no_cancel whole;
  const waiting_here inside;
  constexpr wait_result failed{wait_status::failed, 0};
  const identities self = identify(objects, why);
  if (why) return failed;
  all_of all(objects, self, why);
  if (why) return failed;
  const auto take = [&](steady_clock::time_point patience) {
    const wait_status status = all.take(patience);
    if (status == wait_status::failed) locked_too_often(self.owner, self.mutexes, why);
    return status;
  };
  // The clock is not asked before it has to be: that takes longer than all the rest.
  const wait_status at_once = take(steady_clock::time_point::min());
  if (at_once != wait_status::timeout) return {at_once, 0};
  const auto start = steady_clock::now();
  const auto deadline = later(start, limit);
  for (;;) {
    const auto now = steady_clock::now();
    const wait_status status = take(std::max(deadline, start + 10ms));
    if (status != wait_status::timeout || now >= deadline) return {status, 0};
    if (all.cannot_see_owner(now, why)) return failed;
    all.sleep(now, deadline);
  }
}

}  // namespace isthmus::detail
