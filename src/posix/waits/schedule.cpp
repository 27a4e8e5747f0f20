// SPDX-License-Identifier: MIT
#include "posix/waits/schedule.hpp"

#include "posix/system/monotonic.hpp"
#include "posix/system/seam.hpp"
#include "posix/system/sleep.hpp"
#include "posix/system/words.hpp"
#include "posix/waits/give.hpp"
#include "posix/words/counted.hpp"
#include "posix/words/latch.hpp"

#include <algorithm>

namespace isthmus::detail {
namespace {

using namespace std::chrono_literals;
using seam::step;

constexpr std::uint64_t armed = std::uint64_t{1} << 33;
constexpr std::uint64_t which = std::uint64_t{1} << 34;
constexpr unsigned ticks_at = 35;
constexpr std::uint64_t ticks_mask = 0x7FFF;
constexpr unsigned armings_at = 50;
constexpr std::uint64_t schedule_bits = armed | which | ~std::uint64_t{0} << armings_at;

constexpr std::uint64_t by_wall = std::uint64_t{1} << 63;  // in timer_schedule::beat
constexpr std::uint64_t while_reserved = std::chrono::nanoseconds(2ms).count();
constexpr std::uint64_t look_again = std::chrono::nanoseconds(250ms).count();

timer_schedule& schedule_of(dispatcher_block& block, std::uint64_t word) noexcept {
  return block.schedules[(word & which) != 0 ? 1 : 0];
}

struct plan {
  std::uint64_t due;
  std::uint64_t period;
  std::uint64_t beat;
};

/// The schedule that the word points to. False: the word points elsewhere by now.
bool read(dispatcher_block& block, std::uint64_t word, plan& out) noexcept {
  const timer_schedule& from = schedule_of(block, word);
  out = {from.due.load(std::memory_order_acquire), from.period.load(std::memory_order_acquire),
         from.beat.load(std::memory_order_acquire)};
  return ((block.state.word.load(std::memory_order_acquire) ^ word) & schedule_bits) == 0;
}

/// The moment that was so long before `now`, or the first there is.
constexpr std::uint64_t moment_before(std::uint64_t now, std::uint64_t time) noexcept {
  return now > time ? now - time : 1;
}

/// Of an absolute schedule: its beat, if its time has come by the wall clock. Otherwise 0, and when
/// to look again.
std::uint64_t beat_by_wall(dispatcher_block& block, std::uint64_t word, plan& seen,
                           std::uint64_t now, std::uint64_t& next) noexcept {
  const std::uint64_t wall = wall_now();
  if (seen.due > wall) {
    next = now + std::min(seen.due - wall, look_again);
    return 0;
  }
  std::uint64_t expected = seen.beat;  // it names the schedule: one written later is left alone
  const std::uint64_t beat = moment_before(now, wall - seen.due);
  return schedule_of(block, word).beat.compare_exchange_strong(expected, beat) ? beat
         : (expected & by_wall) == 0                                           ? expected
                                                                               : 0;
}

/// The word after an expiry: as after a signal, with the new count of ticks.
std::uint64_t expired(const dispatcher_state& state, std::uint64_t word, std::uint64_t ticks,
                      bool again) noexcept {
  word = (word & ~(ticks_mask << ticks_at)) | (ticks & ticks_mask) << ticks_at;
  if (!again) word &= ~armed;
  return state.mode != 0 ? latch::set(word) : counted::give(word, counted::for_timer, 1);
}

/// What belongs to the step from `seen` to `next`.
void announce(dispatcher_state& state, std::uint64_t seen, std::uint64_t next,
              bool registered) noexcept {
  seam::at(step::expiry_before_wake);
  if (state.mode != 0) {
    if ((seen & latch::sleepers) != 0) wake_all(low_half(state.word));
    if ((seen & latch::is_set) == 0) call_all(state, true);
    return;
  }
  const std::uint32_t grants = counted::granted(next) - counted::granted(seen);
  if (grants != 0 && registered) {
    state.granted.store(monotonic_now(), std::memory_order_relaxed);
    wake_one(low_half(state.word));
  } else if (grants != 0) {
    wake_granted(state, counted::for_timer, grants);
  }
  if (counted::count(next, counted::for_timer) > counted::count(seen, counted::for_timer))
    call_all(state, true);
}

}  // namespace

std::uint64_t expire(dispatcher_block& block, bool registered) noexcept {
  dispatcher_state& state = block.state;
  for (;;) {
    std::uint64_t seen = state.word.load();
    if ((seen & armed) == 0) return never;
    plan now_valid{};
    if (!read(block, seen, now_valid)) continue;
    const std::uint64_t now = monotonic_now();
    std::uint64_t beat = now_valid.beat;
    if ((beat & by_wall) != 0) {
      std::uint64_t next = now;
      beat = beat_by_wall(block, seen, now_valid, now, next);
      if (beat == 0 && next == now) continue;
      if (beat == 0) return next;
    }
    if (now < beat) return beat;
    const std::uint64_t period = now_valid.period;
    const std::uint64_t ticks = period != 0 ? (now - beat) / period + 1 : 1;
    // The largest period that somebody could write would lead beyond all time, and so back to now.
    const bool again = period != 0 && period <= never - now;
    const std::uint64_t next_beat = again ? now - (now - beat) % period + period : never;
    if ((seen >> ticks_at & ticks_mask) == (ticks & ticks_mask)) return next_beat;
    // A signal that somebody is just taking cannot be signalled again until it is taken.
    if (state.mode == 0 && (seen & counted::guard) != 0) return now + while_reserved;
    const std::uint64_t next = expired(state, seen, ticks, period != 0);
    if (!state.word.compare_exchange_strong(seen, next)) continue;
    announce(state, seen, next, registered);
    return next_beat;
  }
}

schedule_view view_schedule(dispatcher_block& block) noexcept {
  const std::uint64_t seen = block.state.word.load();
  plan valid{};
  if ((seen & armed) == 0 || !read(block, seen, valid)) return {};
  const std::uint64_t now = monotonic_now();
  std::uint64_t beat = valid.beat;
  if ((beat & by_wall) != 0) {
    const std::uint64_t wall = wall_now();
    beat = valid.due > wall ? now + std::min(valid.due - wall, by_wall - now)
                            : moment_before(now, wall - valid.due);
  }
  const std::uint64_t period = valid.period;
  if (now < beat) return {true, false, beat - now, period};
  const std::uint64_t ticks = period != 0 ? (now - beat) / period + 1 : 1;
  const bool expired = (seen >> ticks_at & ticks_mask) != (ticks & ticks_mask);
  return {period != 0, expired, period != 0 ? period - (now - beat) % period : 0, period};
}

void write_schedule(dispatcher_block& block, const due_time& due,
                    std::chrono::milliseconds period) noexcept {
  dispatcher_state& state = block.state;
  std::uint64_t seen = state.word.load();
  timer_schedule& target = schedule_of(block, seen ^ which);
  const std::uint64_t number = block.armed.fetch_add(1) + 1;
  target.period.store(in_nanoseconds(period));
  if (const auto* const wall = std::get_if<std::chrono::system_clock::time_point>(&due)) {
    target.due.store(in_nanoseconds(limit_of(wall->time_since_epoch())));
    target.beat.store(by_wall | number);
  } else {
    const std::uint64_t in = in_nanoseconds(std::get<std::chrono::nanoseconds>(due));
    target.due.store(0);
    target.beat.store(std::min(monotonic_now() + in, by_wall - 1));
  }
  seam::at(step::arm_schedule_written);
  constexpr std::uint64_t ticks = ticks_mask << ticks_at;
  std::uint64_t next = 0;
  do {
    next = ((seen ^ which) & ~ticks) + (std::uint64_t{1} << armings_at);
    next |= armed;
    // Sleepers look at the new time; what they wait for is unset.
    next = state.mode != 0 ? latch::next_turn(latch::reset(next))
                           : counted::next_stamp(counted::reset(next, counted::for_timer));
  } while (!state.word.compare_exchange_weak(seen, next));
  seam::at(step::arm_switched);
  wake_all(low_half(state.word));
  call_all(state, false);
}

void drop_schedule(dispatcher_block& block) noexcept {
  std::atomic<std::uint64_t>& word = block.state.word;
  std::uint64_t seen = word.load();
  while (!word.compare_exchange_weak(seen, (seen & ~armed) + (std::uint64_t{1} << armings_at))) {
  }
}

}  // namespace isthmus::detail
