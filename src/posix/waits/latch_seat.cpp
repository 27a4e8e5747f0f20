// SPDX-License-Identifier: MIT
#include "posix/waits/latch_seat.hpp"

#include "posix/system/words.hpp"
#include "posix/waits/schedule.hpp"

namespace isthmus::detail {

wait_status latch_seat::take(std::chrono::nanoseconds&) noexcept {
  if (object_.is_timer()) next_ = expire(object_.block(), true);
  const std::uint64_t seen = object_.state().word.load();
  return (seen & latch::is_set) != 0 || latch::times(seen) != times_ ? wait_status::signaled
                                                                     : wait_status::timeout;
}

bool latch_seat::settle(watch_list& list) noexcept {
  dispatcher_state& state = object_.state();
  std::uint64_t seen = state.word.load();
  if ((seen & latch::is_set) != 0 || latch::times(seen) != times_) return false;
  if ((seen & latch::sleepers) == 0 &&
      !state.word.compare_exchange_strong(seen, seen | latch::sleepers))
    return false;
  if (object_.is_timer()) list.until(next_);
  if (state.portable.load(std::memory_order_relaxed) != 0) list.within(shortest_sleep);
  list.add(low_half(state.word), static_cast<std::uint32_t>(seen));
  return true;
}

}  // namespace isthmus::detail
