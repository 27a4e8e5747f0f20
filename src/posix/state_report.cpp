// SPDX-License-Identifier: MIT
#include "state_report.hpp"

#include "counted.hpp"
#include "give.hpp"
#include "last_owner.hpp"
#include "latch.hpp"
#include "mutex_word.hpp"
#include "record.hpp"
#include "schedule.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <limits>

namespace isthmus::detail {
namespace {

/// Of a robust mutex's futex word, where the kernel has the thread's number.
constexpr std::uint32_t thread_bits = 0x3FFFFFFF;

mutex_report mutex_state(const dispatcher_block& block) {
  mutex_report report;
  report.last_owner = read_last_owner(block.last_owner);
  const std::uint64_t token = mutex_word::owner(block.state.word.load());
  if (token == 0) return report;
  owner_watch watch;
  const object_owners owners{block, ::geteuid()};
  const bool alive = look_at(token, owners, true, watch) == life_of::alive;
  report.use = alive ? mutex_use::owned : mutex_use::abandoned;
  if (alive) {
    const std::uint32_t further = block.state.depth.load();
    report.depth = further + (further < std::numeric_limits<std::uint32_t>::max() ? 1 : 0);
  }
  const owner_name owner = name_of(token, owners);
  if (owner.process_id != 0) report.owner = process_note{owner.process_id, owner.program};
  const std::uint32_t thread = watch.polled ? 0 : watch.value & thread_bits;
  if (alive && watch.word != nullptr && thread != 0) report.thread = thread;
  return report;
}

constexpr std::int32_t to_count(std::uint32_t value) noexcept {
  return static_cast<std::int32_t>(std::min<std::uint32_t>(value, 0x7FFFFFFF));
}

bool is_set(const dispatcher_state& state, const counted::rules& rules) noexcept {
  const std::uint64_t word = state.word.load();
  return state.mode != 0 ? (word & latch::is_set) != 0 : counted::count(word, rules) != 0;
}

timer_report timer_state(dispatcher_block& block) noexcept {
  const schedule_view view = view_schedule(block);
  timer_report report;
  report.set = view.expired || is_set(block.state, counted::for_timer);
  report.armed = view.armed;
  report.mode = block.state.mode != 0 ? reset_mode::manual : reset_mode::automatic;
  if (!view.armed) return report;
  const auto due = std::min<std::uint64_t>(view.due_in, std::numeric_limits<std::int64_t>::max());
  const auto period =
      std::min<std::uint64_t>(view.period, std::numeric_limits<std::int64_t>::max());
  report.due_in = std::chrono::nanoseconds(static_cast<std::int64_t>(due));
  report.period = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::nanoseconds(static_cast<std::int64_t>(period)));
  return report;
}

void report_waiters(kind of, const dispatcher_state& state, object_report& into) noexcept {
  const std::uint64_t word = state.word.load();
  const bool for_all = (state.all.load() & all_word::sleepers) != 0;
  if (of == kind::mutex) {
    into.waited_for = for_all || (word & mutex_word::waiters) != 0;
  } else if (of != kind::semaphore && state.mode != 0) {
    into.waited_for = for_all || (word & latch::sleepers) != 0;
  } else {
    into.waiters = counted::waiting(word) + (state.all.load() & all_word::sleepers);
    into.waited_for = *into.waiters != 0;
  }
}

}  // namespace

void report_state(kind of, dispatcher_block& block, object_report& into) {
  const dispatcher_state& state = block.state;
  report_waiters(of, state, into);
  const auto mode = state.mode != 0 ? reset_mode::manual : reset_mode::automatic;
  switch (of) {
    case kind::mutex:
      into.state = mutex_state(block);
      break;
    case kind::semaphore:
      into.state = semaphore_report{
          to_count(counted::count(state.word.load(), counted::for_semaphore(state.maximum))),
          to_count(state.maximum)};
      break;
    case kind::event:
      into.state = event_report{is_set(state, counted::for_event), mode};
      break;
    case kind::timer:
      into.state = timer_state(block);
      break;
    default:
      break;
  }
}

}  // namespace isthmus::detail
