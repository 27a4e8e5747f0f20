// SPDX-License-Identifier: MIT
#include "mutex_seat.hpp"

#include "back_off.hpp"
#include "guard.hpp"
#include "last_owner.hpp"
#include "seam.hpp"
#include "words.hpp"

#include <algorithm>

namespace isthmus::detail {

using namespace std::chrono_literals;
using seam::step;

wait_status take_again(dispatcher_state& state) noexcept {
  if (deepest(state)) return wait_status::failed;
  state.depth.store(state.depth.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return wait_status::signaled;
}

bool mutex_seat::owner_lives(std::uint64_t owner) noexcept {
  life_of life = look_at(owner, object_.owners(), ask_process_, watch_);
  if (life == life_of::alive && watch_.polled && !ask_process_)
    life = look_at(owner, object_.owners(), true, watch_);
  return life == life_of::alive;
}

wait_status mutex_seat::take_once() noexcept {
  for (;;) {
    seen_ = word().load(std::memory_order_acquire);
    const std::uint64_t owner = mutex_word::owner(seen_);
    if (owner == me_) return take_again(object_.state());
    if ((seen_ & mutex_word::guard) != 0) return wait_status::timeout;
    if (owner != 0 && owner_lives(owner)) return wait_status::timeout;
    const owner_name dead = owner != 0 ? name_of(owner, object_.owners()) : owner_name{};
    const std::uint64_t mine = me_ | (slept_ ? mutex_word::waiters : seen_ & mutex_word::waiters);
    if (!word().compare_exchange_strong(seen_, mine, std::memory_order_acq_rel)) continue;
    object_.state().depth.store(0, std::memory_order_relaxed);
    if (owner == 0) return wait_status::signaled;
    seam::at(step::lock_taken_over);
    write_last_owner(object_.block().last_owner, dead);
    return wait_status::abandoned;
  }
}

wait_status mutex_seat::take(std::chrono::nanoseconds& patience) noexcept {
  const wait_status status = take_once();
  if (status != wait_status::timeout || patience == patience.zero() ||
      (seen_ & mutex_word::guard) == 0)
    return status;
  back_off pause(std::min<std::chrono::nanoseconds>(patience, 10ms));
  while ((word().load(std::memory_order_acquire) & mutex_word::guard) != 0 && !pause.too_long())
    pause.once();
  if (pause.too_long()) mend_guard(object_);
  pause.charge(patience);
  return take_once();
}

bool mutex_seat::settle(watch_list& list) noexcept {
  if ((seen_ & mutex_word::waiters) == 0) {
    if (!word().compare_exchange_strong(seen_, seen_ | mutex_word::waiters)) return false;
    seen_ |= mutex_word::waiters;
  }
  const bool guarded = (seen_ & mutex_word::guard) != 0;
  if (guarded && slept_) mend_guard(object_);
  const bool portable = object_.state().portable.load(std::memory_order_relaxed) != 0;
  if (guarded || portable || watch_.polled) list.within(shortest_sleep);
  list.add(low_half(word()), static_cast<std::uint32_t>(seen_));
  if (!guarded && watch_.word != nullptr) list.add_owner(*watch_.word, watch_.value);
  return true;
}

void mutex_seat::woken() noexcept {
  slept_ = true;
  // At a death the kernel wakes one of those who watch the slot; that one wakes the others.
  if (watch_.word != nullptr && watch_.word->load(std::memory_order_acquire) != watch_.value)
    wake_all(*watch_.word);
  // Nothing moved for a whole slice: make sure that the owner's process lives.
  ask_process_ = word().load(std::memory_order_relaxed) == seen_;
}

void mutex_seat::leave() noexcept {
  if (!slept_) return;
  std::uint64_t seen = word().load(std::memory_order_acquire);
  if (mutex_word::owner(seen) == 0) return wake_one(low_half(word()));
  while ((seen & mutex_word::waiters) == 0 && mutex_word::owner(seen) != 0)
    if (word().compare_exchange_weak(seen, seen | mutex_word::waiters)) return;
  if (mutex_word::owner(seen) == 0) wake_one(low_half(word()));
}

}  // namespace isthmus::detail
