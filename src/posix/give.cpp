// SPDX-License-Identifier: MIT
#include "give.hpp"

#include "monotonic.hpp"
#include "seam.hpp"
#include "sleep.hpp"
#include "words.hpp"

#include <sched.h>

#include <chrono>

namespace isthmus::detail {
namespace {

using namespace std::chrono_literals;
using seam::step;

constexpr auto claimed_by_then = 50ms;

/// Whether the grants of `word` have been claimed or taken back by now.
bool settled(const dispatcher_state& state, std::uint64_t word) noexcept {
  const std::uint64_t now = state.word.load(std::memory_order_acquire);
  return counted::granted(now) == 0 || counted::stamp(now) != counted::stamp(word) ||
         counted::epoch(now) != counted::epoch(word);
}

void take_back(dispatcher_state& state, const counted::rules& of, std::uint64_t seen) noexcept {
  seam::at(step::give_before_take_back);
  if (!state.word.compare_exchange_strong(seen, counted::take_back(seen, of))) return;
  wake_all(low_half(state.word));
  call_all(state, false);
}

}  // namespace

void wake_granted(dispatcher_state& state, const counted::rules& of,
                  std::uint32_t grants) noexcept {
  state.granted.store(monotonic_now(), std::memory_order_relaxed);
  const std::uint64_t seen = state.word.load(std::memory_order_acquire);
  seam::at(step::give_before_wake);
  const std::uint32_t woken = wake(low_half(state.word), grants);
  if (woken >= grants || state.portable.load(std::memory_order_relaxed) != 0) return;
  // Somebody registered is not asleep: on its way to sleep or back, or gone.
  for (int i = 0; i < 40; ++i) {
    if (settled(state, seen)) return;
    if (i >= 20) ::sched_yield();
  }
  std::uint64_t latest = state.word.load(std::memory_order_acquire);
  if (counted::granted(latest) != 0 && counted::stamp(latest) == counted::stamp(seen) &&
      counted::epoch(latest) == counted::epoch(seen))
    take_back(state, of, latest);
}

bool take_back_stale(dispatcher_state& state, const counted::rules& of) noexcept {
  const std::uint64_t seen = state.word.load(std::memory_order_acquire);
  if (counted::granted(seen) == 0) return false;
  const std::uint64_t made = state.granted.load(std::memory_order_relaxed);
  const std::uint64_t now = monotonic_now();
  if (now - made < in_nanoseconds(claimed_by_then)) return true;
  take_back(state, of, seen);
  return true;
}

void call_all(dispatcher_state& state, bool and_see) noexcept {
  constexpr std::uint32_t sleepers = 255;
  std::uint32_t seen = state.all.load();
  if ((seen & sleepers) == 0) return;
  const std::uint32_t before = state.looked.load();
  do {
    if ((seen & sleepers) == 0) return;
  } while (!state.all.compare_exchange_weak(seen, (seen | sleepers) + 1));
  seam::at(step::call_before_wake);
  wake_all(state.all);
  if (!and_see) return;
  const std::uint64_t until = monotonic_now() + in_nanoseconds(2ms);
  while (state.looked.load() - before < (seen & sleepers) && monotonic_now() < until)
    ::sched_yield();
}

}  // namespace isthmus::detail
