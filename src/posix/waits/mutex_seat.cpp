// SPDX-License-Identifier: MIT
#include "posix/waits/mutex_seat.hpp"

#include "posix/owners/holding.hpp"
#include "posix/owners/last_owner.hpp"
#include "posix/owners/owner.hpp"
#include "posix/owners/unseen_owner.hpp"
#include "posix/system/back_off.hpp"
#include "posix/system/seam.hpp"
#include "posix/system/words.hpp"
#include "posix/waits/guard.hpp"

#include <algorithm>

namespace isthmus::detail {

using namespace std::chrono_literals;
using seam::step;

wait_status take_again(owner_line& line) noexcept {
  if (deepest(line)) return wait_status::failed;
  line.depth.store(line.depth.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return wait_status::signaled;
}

wait_status mutex_seat::take_once() noexcept {
  owner_line& line = line_of(object_.block());
  held_up_ = false;
  for (;;) {
    seen_ = line.word.load(std::memory_order_acquire);
    const std::uint64_t owner = mutex_word::owner(seen_);
    if (owner == me_) return take_again(line);
    if ((seen_ & mutex_word::guard) != 0) return wait_status::timeout;
    if (owner != 0 && look_at_owner(object_.block(), seen_, object_.owners()) == life_of::alive)
      return wait_status::timeout;
    if (holding::owns_too_many(me_, 1)) return wait_status::failed;
    const owner_name dead =
        owner != 0 ? name_of_owner(object_.block(), owner, object_.owners()) : owner_name{};
    const std::uint64_t mine = me_ | (slept_ ? mutex_word::waiters : seen_ & mutex_word::waiters);
    const auto how = holding::take(line, seen_, mine);
    held_up_ = how == holding::taking::held_up;
    if (held_up_) return wait_status::timeout;
    if (how == holding::taking::changed) continue;
    if (owner_word::is_recorded(me_)) note_record(object_.block(), me_);
    if (owner == 0) return wait_status::signaled;
    seam::at(step::lock_taken_over);
    write_last_owner(object_.block().last_owner, dead);
    return wait_status::abandoned;
  }
}

void mutex_seat::refuse(failure& why) const { locked_too_often(me_, 1, why); }

wait_status mutex_seat::take(std::chrono::nanoseconds& patience) noexcept {
  wait_status status = take_once();
  if (status != wait_status::timeout || patience == patience.zero()) return status;
  const auto passing = [&] { return held_up_ || (seen_ & mutex_word::guard) != 0; };
  if (!passing()) return status;
  if ((seen_ & mutex_word::guard) != 0) mend_marked_guard(object_);
  back_off pause(std::min<std::chrono::nanoseconds>(patience, 10ms));
  while (status == wait_status::timeout && passing() && !pause.too_long()) {
    pause.once();
    status = take_once();
  }
  pause.charge(patience);
  if (status != wait_status::timeout || (seen_ & mutex_word::guard) == 0) return status;
  mend_guard(object_);
  return take_once();
}

bool mutex_seat::settle(watch_list& list) noexcept {
  if ((seen_ & mutex_word::waiters) == 0) {
    if (!word().compare_exchange_strong(seen_, seen_ | mutex_word::waiters)) return false;
    seen_ |= mutex_word::waiters;
    note_sign_of_life();  // it has been unlocked since it was marked
  }
  const bool guarded = (seen_ & mutex_word::guard) != 0;
  if (guarded && slept_) mend_guard(object_);
  const bool portable = object_.state().portable.load(std::memory_order_relaxed) != 0;
  const bool nobody_wakes = owner_word::is_recorded(mutex_word::owner(seen_));  // at its death
  if (guarded || portable || nobody_wakes || held_up_) list.within(shortest_sleep);
  list.add(futex_half(word()), owner_word::futex_value(seen_));
  return true;
}

namespace {

/// Whether its owner will wake somebody: by unlocking it, or by its death.
bool owned(std::uint64_t word) noexcept {
  return mutex_word::owner(word) != 0 && !owner_word::is_dead(word);
}

}  // namespace

void mutex_seat::leave() noexcept {
  if (!slept_) return;
  std::uint64_t seen = word().load(std::memory_order_acquire);
  while (owned(seen)) {
    if ((seen & mutex_word::waiters) != 0) return;
    if (word().compare_exchange_weak(seen, seen | mutex_word::waiters)) return;
  }
  wake_one(futex_half(word()));
}

}  // namespace isthmus::detail
