// SPDX-License-Identifier: MIT
#include "counted_seat.hpp"

#include "back_off.hpp"
#include "give.hpp"
#include "schedule.hpp"
#include "seam.hpp"
#include "waits/guard.hpp"
#include "words.hpp"

#include <algorithm>

namespace isthmus::detail {

using namespace std::chrono_literals;
using seam::step;

/// What a look at the word tells about our registration.
void counted_seat::notice(std::uint64_t seen) noexcept {
  seen_ = seen;
  if (!registered_) return;
  if ((counted::epoch(seen) != epoch_ && !firm_) || counted::waiting(seen) == 0)
    registered_ = entitled_ = false;  // all grants were taken back, all registrations with them
  else if (counted::stamp(seen) != stamp_)
    entitled_ = true;
}

wait_status counted_seat::take_once() noexcept {
  const counted::rules& of = object_.rules();
  if (object_.is_timer()) next_ = expire(object_.block(), registered_);
  std::uint64_t seen = word().load();
  for (;;) {
    notice(seen);
    // While there are permits, each registered waiter has a grant; it takes that.
    const bool claims =
        registered_ && counted::granted(seen) != 0 && (entitled_ || counted::count(seen, of) != 0);
    if (!claims && !counted::takeable(seen, of)) return wait_status::timeout;
    const std::uint64_t next = claims ? counted::claim(seen, of) : counted::take(seen, registered_);
    if (word().compare_exchange_weak(seen, next)) break;
  }
  registered_ = false;
  firm_.drop();
  return wait_status::signaled;
}

wait_status counted_seat::take(std::chrono::nanoseconds& patience) noexcept {
  wait_status status = take_once();
  if (status != wait_status::timeout || patience == patience.zero()) return status;
  if ((seen_ & counted::guard) != 0) wait_out_guard(patience);
  take_back_of_dead(object_.state(), object_.rules(), object_.user());
  // A single waiter's grant is as good as taken. One for a wait for any may come back; and where
  // wakes do not tell the givers of the dead, somebody has to wait and see.
  const bool may_come_back =
      (seen_ & counted::any) != 0 || object_.state().portable.load(std::memory_order_relaxed) != 0;
  if (counted::granted(seen_) != 0 && may_come_back) wait_out_grant(patience);
  take_back_stale(object_.state(), object_.rules(), object_.user());
  return take_once();
}

void counted_seat::wait_out_guard(std::chrono::nanoseconds& patience) noexcept {
  mend_marked_guard(object_);
  back_off pause(std::min<std::chrono::nanoseconds>(patience, 10ms));
  while ((word().load(std::memory_order_acquire) & counted::guard) != 0 && !pause.too_long())
    pause.once();
  if (pause.too_long()) mend_guard(object_);
  pause.charge(patience);
}

void counted_seat::wait_out_grant(std::chrono::nanoseconds& patience) noexcept {
  back_off pause(std::min<std::chrono::nanoseconds>(patience, 50ms));
  const auto pending = [&] {
    const std::uint64_t now = word().load(std::memory_order_acquire);
    return counted::granted(now) != 0 && counted::count(now, object_.rules()) == 0 &&
           counted::epoch(now) == counted::epoch(seen_);
  };
  while (pending() && !pause.too_long()) pause.once();
  pause.charge(patience);
}

bool counted_seat::enter() noexcept {
  std::uint64_t seen = seen_;
  const std::uint64_t next = counted::enter(seen, several_);
  if (!word().compare_exchange_strong(seen, next)) return false;
  seen_ = next;
  registered_ = true;
  entitled_ = false;
  stamp_ = counted::stamp(next);
  epoch_ = counted::epoch(next);
  seam::at(step::wait_entered);
  return true;
}

/// True: we have a permit. False: what is given from now on is for us first; unless there are more
/// waiters than can register, or a wait for all is stopped while it has the object reserved.
bool counted_seat::begin(std::uint64_t me) noexcept {
  std::chrono::nanoseconds patience = 50ms;
  for (;;) {
    if (take_once() == wait_status::signaled) return true;
    if (counted::enterable(seen_, object_.rules())) {
      firm_.hold(object_.block(), object_.user(), me);
      if (enter()) return false;
    } else if ((seen_ & counted::guard) == 0) {
      if (counted::count(seen_, object_.rules()) == 0) break;
    } else if (patience > patience.zero()) {
      wait_out_guard(patience);
    } else {
      break;
    }
  }
  firm_.drop();
  return false;
}

/// What begin() took: it is as if it had not been taken.
void counted_seat::give_back() noexcept {
  const counted::rules& of = object_.rules();
  give_by(object_.state(), of, [&](std::uint64_t word) { return counted::give(word, of, 1); });
}

/// Woken, but by a grant that we are not entitled to: it is for somebody who still sleeps.
void counted_seat::pass_on() noexcept {
  const auto low = static_cast<std::uint32_t>(seen_);
  if (entitled_ || counted::granted(seen_) == 0 || passed_on_ == low) return;
  passed_on_ = low;
  wake_one(low_half(word()));
}

bool counted_seat::settle(watch_list& list) noexcept {
  notice(word().load());
  const counted::rules& of = object_.rules();
  if (counted::takeable(seen_, of) || (entitled_ && counted::granted(seen_) != 0)) return false;
  if (!registered_) {
    if (counted::enterable(seen_, of)) {
      if (!enter()) return false;
    } else {
      // Reserved, or more waiters than the word can count: look again soon, and leave the wakes on
      // the word to those who are registered.
      if ((seen_ & counted::guard) != 0) mend_guard(object_);
      list.within(shortest_sleep);
      list.add(object_.state().all, object_.state().all.load());
      return true;
    }
  } else {
    pass_on();
  }
  if (counted::granted(seen_) != 0) {
    take_back_stale(object_.state(), of, object_.user());
    list.within(55ms);
  }
  if (object_.is_timer()) list.until(next_);
  if (object_.state().portable.load(std::memory_order_relaxed) != 0) list.within(shortest_sleep);
  list.add(low_half(word()), static_cast<std::uint32_t>(seen_));
  return true;
}

void counted_seat::leave() noexcept {
  const counted::rules& of = object_.rules();
  seam::at(step::wait_before_leave);
  std::uint64_t seen = word().load();
  std::uint64_t next = 0;
  do {
    notice(seen);
    if (!registered_) return firm_.drop();
    next = counted::leave(seen, of, entitled_);
  } while (!word().compare_exchange_weak(seen, next));
  registered_ = false;
  firm_.drop();
  if (counted::granted(next) != 0) wake_one(low_half(word()));
  if (counted::count(next, of) > counted::count(seen, of)) call_all(object_.state(), false);
}

}  // namespace isthmus::detail
