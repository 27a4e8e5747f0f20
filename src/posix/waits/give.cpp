// SPDX-License-Identifier: MIT
#include "posix/waits/give.hpp"

#include "posix/system/back_off.hpp"
#include "posix/system/monotonic.hpp"
#include "posix/system/seam.hpp"
#include "posix/system/sleep.hpp"
#include "posix/system/words.hpp"
#include "posix/waits/firm.hpp"

#include <chrono>

namespace isthmus::detail {
namespace {

using namespace std::chrono_literals;
using seam::step;

constexpr auto claimed_by_then = 50ms;
constexpr auto looked_by_then = 50ms;
constexpr auto all_looked_by_then = 3s;

/// Whether the grants of `word` have been claimed or taken back by now.
bool settled(const dispatcher_state& state, std::uint64_t word) noexcept {
  const std::uint64_t now = state.word.load(std::memory_order_acquire);
  return counted::granted(now) == 0 || counted::stamp(now) != counted::stamp(word) ||
         counted::epoch(now) != counted::epoch(word);
}

constexpr std::uint32_t most_called = 0xFFFFFF;

bool all_have_looked(const dispatcher_state& state) noexcept {
  const std::uint32_t looked = state.looked.load();  // this one first
  return looked == all_word::called(state.all.load());
}

/// Waits until all who were called have looked. Each look gives the others as long again, since on
/// a busy machine many take long together; not for ever, since anybody may write to the memory.
void see_all_look(dispatcher_state& state) noexcept {
  const auto latest = std::chrono::steady_clock::now() + all_looked_by_then;
  std::uint32_t looked = state.looked.load();
  for (back_off pause(looked_by_then); !pause.too_long(); pause.once()) {
    if (all_have_looked(state)) return;
    const std::uint32_t now = state.looked.load();
    if (now == looked || std::chrono::steady_clock::now() > latest) continue;
    looked = now;
    pause = back_off(looked_by_then);
  }
  seam::at(step::call_unseen);
  state.looked.store(all_word::called(state.all.load()));
}

void take_back(dispatcher_state& state, const counted::rules& of, std::uint64_t seen) noexcept {
  const std::uint64_t next = counted::take_back(seen, of, firm_registrations(block_with(state)));
  // All that wait have firm registrations, and will come.
  const bool all_stay = counted::waiting(next) == counted::waiting(seen) &&
                        counted::granted(next) == counted::granted(seen);
  if (!all_stay) seam::at(step::give_before_take_back);
  // Those who keep a grant get as long again.
  if (counted::granted(next) != 0)
    state.granted.store(monotonic_lately(), std::memory_order_relaxed);
  if (all_stay) return;
  if (!state.word.compare_exchange_strong(seen, next)) return;
  wake_all(low_half(state.word));
  call_all(state, false);
}

}  // namespace

thread_local constinit std::atomic<bool> waiting_here::now_ = false;

void wake_granted(dispatcher_state& state, const counted::rules& of,
                  std::uint32_t grants) noexcept {
  state.granted.store(monotonic_lately(), std::memory_order_relaxed);
  const std::uint64_t seen = state.word.load(std::memory_order_acquire);
  seam::at(step::give_before_wake);
  const std::uint32_t woken = wake(low_half(state.word), grants);
  if (woken >= grants || state.portable.load(std::memory_order_relaxed) != 0 || waiting_here::now())
    return;
  // Somebody registered is not asleep: on its way to sleep or back, or gone.
  back_off pause(2ms);
  for (int tries = 0; !settled(state, seen); ++tries) {
    if (tries >= 20 && pause.too_long()) break;
    pause.once();
  }
  std::uint64_t latest = state.word.load(std::memory_order_acquire);
  if (counted::granted(latest) != 0 && counted::stamp(latest) == counted::stamp(seen) &&
      counted::epoch(latest) == counted::epoch(seen))
    take_back(state, of, latest);
}

void wake_waiters(dispatcher_state& state, std::uint32_t grants) noexcept {
  state.granted.store(monotonic_lately(), std::memory_order_relaxed);
  (void)wake(low_half(state.word), grants);
}

bool take_back_stale(dispatcher_state& state, const counted::rules& of,
                     std::uint32_t user) noexcept {
  const std::uint64_t seen = state.word.load(std::memory_order_acquire);
  if (counted::granted(seen) == 0) return false;
  const std::uint64_t made = state.granted.load(std::memory_order_relaxed);
  const std::uint64_t now = monotonic_now();
  if (now - made < in_nanoseconds(claimed_by_then)) return true;
  (void)forget_dead(block_with(state), user, true);
  take_back(state, of, seen);
  return true;
}

void take_back_of_dead(dispatcher_state& state, const counted::rules& of,
                       std::uint32_t user) noexcept {
  const std::uint64_t seen = state.word.load(std::memory_order_acquire);
  if (counted::granted(seen) != 0 && forget_dead(block_with(state), user, false))
    take_back(state, of, seen);
}

void call_all(dispatcher_state& state, bool and_see) noexcept {
  std::uint32_t seen = state.all.load();
  while ((seen & all_word::sleepers) != 0) {
    const std::uint32_t called = all_word::called(seen) + (seen & all_word::sleepers);
    if (!state.all.compare_exchange_weak(seen, called << 8)) continue;
    seam::at(step::call_before_wake);
    wake_all(state.all);
    break;
  }
  if (and_see && !waiting_here::now()) see_all_look(state);
}

void looked_again(dispatcher_state& state) noexcept {
  std::uint32_t seen = state.looked.load();
  while (seen != all_word::called(state.all.load()))
    if (state.looked.compare_exchange_weak(seen, (seen + 1) & most_called)) return;
}

}  // namespace isthmus::detail
