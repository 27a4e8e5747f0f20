// SPDX-License-Identifier: MIT
#include "posix/waits/state_report.hpp"

#include "pause.hpp"
#include "posix/owners/last_owner.hpp"
#include "posix/owners/owner.hpp"
#include "posix/owners/record.hpp"
#include "posix/system/sleepers.hpp"
#include "posix/system/words.hpp"
#include "posix/waits/give.hpp"
#include "posix/waits/schedule.hpp"
#include "posix/words/counted.hpp"
#include "posix/words/latch.hpp"
#include "posix/words/mutex_word.hpp"

#include <sys/mman.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>

namespace isthmus::detail {
namespace {

mutex_report mutex_state(dispatcher_block& block) {
  mutex_report report;
  report.last_owner = read_last_owner(block.last_owner);
  const owner_line& line = line_of(block);
  const std::uint64_t owner = mutex_word::owner(line.word.load());
  if (owner == 0) return report;
  const object_owners owners{block, ::geteuid()};
  const bool alive = owner_seems_alive(block, owner, owners);
  report.use = alive ? mutex_use::owned : mutex_use::abandoned;
  if (alive) {
    const std::uint32_t further = line.depth.load();
    report.depth = further + (further < std::numeric_limits<std::uint32_t>::max() ? 1 : 0);
    if (!owner_word::is_recorded(owner)) report.thread = owner_word::thread(owner);
  }
  const owner_name name = name_of_owner(block, owner, owners);
  if (name.process_id != 0) report.owner = process_note{name.process_id, name.program};
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

/// Threads that sleep on an object. A thread may be between two sleeps, so this looks for a few
/// milliseconds before it says 0. The state is mapped for the kernel alone.
std::optional<std::uint32_t> sleepers_of(kind of, const state_place& place) noexcept {
  void* const page = ::mmap(nullptr, dispatcher_page_size, PROT_READ, MAP_SHARED, place.fd,
                            static_cast<off_t>(place.page));
  if (page == MAP_FAILED) return std::nullopt;
  auto& block = *static_cast<dispatcher_block*>(
      static_cast<void*>(static_cast<std::byte*>(page) + place.block));
  constexpr int looks = 4;
  std::optional<std::uint32_t> most = 0;
  for (int look = 0; most == 0u && look < looks; ++look) {
    if (look != 0) pause_for(std::chrono::milliseconds(1));
    // Waits for all that sleep on a mutex sleep on its word as well.
    const auto single = sleepers_on(of == kind::mutex ? futex_half(line_of(block).word)
                                                      : low_half(block.state.word));
    const auto for_all =
        of == kind::mutex ? std::optional<std::uint32_t>(0) : sleepers_on(block.state.all);
    most = single && for_all ? std::optional(*single + *for_all) : std::nullopt;
  }
  ::munmap(page, dispatcher_page_size);
  return most;
}

/// What the object's own words say: a mark that stays until the next change, or a count in which
/// the dead remain.
struct registered {
  bool some = false;
  std::optional<std::uint32_t> number = std::nullopt;
};

registered registered_in(kind of, dispatcher_block& block) noexcept {
  const dispatcher_state& state = block.state;
  const std::uint64_t word = of == kind::mutex ? line_of(block).word.load() : state.word.load();
  const std::uint32_t for_all = state.all.load() & all_word::sleepers;
  if (of == kind::mutex) return {for_all != 0 || (word & mutex_word::waiters) != 0};
  if (of != kind::semaphore && state.mode != 0)
    return {for_all != 0 || (word & latch::sleepers) != 0};
  const std::uint32_t number = counted::waiting(word) + for_all;
  return {number != 0, number};
}

/// A waiter registers before it sleeps, and a registration may outlast its waiter. So there are
/// none where none is registered, and where the kernel has no sleeper.
void report_waiters(kind of, dispatcher_block& block, const state_place& place,
                    object_report& into) noexcept {
  const registered said = registered_in(of, block);
  into.waited_for = said.some;
  into.waiters = said.some ? said.number : 0;
  // Processes of the portable engine do not sleep where the kernel could count them.
  if (!said.some || block.state.portable.load(std::memory_order_relaxed) != 0) return;
  const auto asleep = sleepers_of(of, place);
  if (!asleep) return;
  into.waited_for = *asleep != 0;
  into.waiters = std::min(*asleep, said.number.value_or(*asleep));
}

}  // namespace

void report_state(kind of, dispatcher_block& block, const state_place& place, object_report& into) {
  const dispatcher_state& state = block.state;
  report_waiters(of, block, place, into);
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
