// SPDX-License-Identifier: MIT
#include "posix/waits/counted_seat.hpp"

#include "posix/system/back_off.hpp"
#include "posix/system/words.hpp"
#include "posix/waits/give.hpp"
#include "posix/waits/guard.hpp"
#include "posix/waits/schedule.hpp"

#include <algorithm>

namespace isthmus::detail {

using namespace std::chrono_literals;

wait_status counted_seat::take_once() noexcept {
  const counted::rules& of = object().rules();
  if (object().is_timer()) next_ = expire(object().block(), bool(ours_));
  std::uint64_t seen = word().load();
  for (;;) {
    ours_.notice(seen);
    // While there are permits, each registered waiter has a grant; it takes that.
    const bool claims = ours_ && counted::granted(seen) != 0 &&
                        (ours_.entitled() || (counted::count(seen, of) != 0 &&
                                              counted::granted(seen) >= counted::waiting(seen)));
    if (!claims && !counted::takeable(seen, of)) return wait_status::timeout;
    const std::uint64_t next = claims ? counted::claim(seen, of) : counted::take(seen, bool(ours_));
    if (word().compare_exchange_weak(seen, next)) break;
  }
  ours_.end();
  return wait_status::signaled;
}

wait_status counted_seat::take(std::chrono::nanoseconds& patience) noexcept {
  wait_status status = take_once();
  if (status != wait_status::timeout || patience == patience.zero()) return status;
  if ((ours_.seen() & counted::guard) != 0) wait_out_guard(patience);
  take_back_of_dead(object().state(), object().rules(), object().user());
  // A single waiter's grant is as good as taken. One for a wait for any may come back; and where
  // wakes do not tell the givers of the dead, somebody has to wait and see.
  const bool may_come_back = (ours_.seen() & counted::any) != 0 ||
                             object().state().portable.load(std::memory_order_relaxed) != 0;
  if (counted::granted(ours_.seen()) != 0 && may_come_back) wait_out_grant(patience);
  take_back_stale(object().state(), object().rules(), object().user());
  return take_once();
}

void counted_seat::wait_out_guard(std::chrono::nanoseconds& patience) noexcept {
  mend_marked_guard(object());
  back_off pause(std::min<std::chrono::nanoseconds>(patience, 10ms));
  while ((word().load(std::memory_order_acquire) & counted::guard) != 0 && !pause.too_long())
    pause.once();
  if (pause.too_long()) mend_guard(object());
  pause.charge(patience);
}

void counted_seat::wait_out_grant(std::chrono::nanoseconds& patience) noexcept {
  back_off pause(std::min<std::chrono::nanoseconds>(patience, 50ms));
  const auto pending = [&] {
    const std::uint64_t now = word().load(std::memory_order_acquire);
    return counted::granted(now) != 0 && counted::count(now, object().rules()) == 0 &&
           counted::epoch(now) == counted::epoch(ours_.seen());
  };
  while (pending() && !pause.too_long()) pause.once();
  pause.charge(patience);
}

/// True: we have a permit. False: what is given from now on is for us first; unless there are more
/// waiters than can register, or a wait for all is stopped while it has the object reserved.
bool counted_seat::begin(std::uint64_t me) noexcept {
  std::chrono::nanoseconds patience = 50ms;
  for (;;) {
    if (take_once() == wait_status::signaled) return true;
    if (counted::enterable(ours_.seen(), object().rules())) {
      ours_.be_firm(me);
      if (ours_.enter()) return false;
    } else if ((ours_.seen() & counted::guard) == 0) {
      if (counted::count(ours_.seen(), object().rules()) == 0) break;
    } else if (patience > patience.zero()) {
      wait_out_guard(patience);
    } else {
      break;
    }
  }
  ours_.end();
  return false;
}

/// What begin() took: it is as if it had not been taken.
void counted_seat::give_back() noexcept {
  const counted::rules& of = object().rules();
  give_by(object().state(), of, [&](std::uint64_t word) { return counted::give(word, of, 1); });
}

bool counted_seat::settle(watch_list& list) noexcept {
  ours_.notice(word().load());
  const counted::rules& of = object().rules();
  if (counted::takeable(ours_.seen(), of) ||
      (ours_.entitled() && counted::granted(ours_.seen()) != 0))
    return false;
  if (!ours_) {
    if (counted::enterable(ours_.seen(), of)) {
      if (!ours_.enter()) return false;
    } else {
      // Reserved, or more waiters than the word can count: look again soon, and leave the wakes on
      // the word to those who are registered.
      if ((ours_.seen() & counted::guard) != 0) mend_guard(object());
      list.within(shortest_sleep);
      list.add(object().state().all, object().state().all.load());
      return true;
    }
  } else {
    ours_.pass_on();
    // What was ours may be reserved, and its holder dead.
    if ((ours_.seen() & counted::guard) != 0 && counted::granted(ours_.seen()) == 0) {
      mend_guard(object());
      list.within(shortest_sleep);
    }
  }
  if (counted::granted(ours_.seen()) != 0) {
    take_back_stale(object().state(), of, object().user());
    list.within(55ms);
  }
  if (object().is_timer()) list.until(next_);
  if (object().state().portable.load(std::memory_order_relaxed) != 0) list.within(shortest_sleep);
  list.add(low_half(word()), static_cast<std::uint32_t>(ours_.seen()));
  return true;
}

}  // namespace isthmus::detail
