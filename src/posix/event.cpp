// SPDX-License-Identifier: MIT
#include "event.hpp"

#include "posix/system/back_off.hpp"
#include "posix/system/sleep.hpp"
#include "posix/system/words.hpp"
#include "posix/waits/give.hpp"
#include "posix/waits/guard.hpp"
#include "posix/waits/open_dispatcher.hpp"
#include "posix/waits/tsan.hpp"
#include "posix/words/latch.hpp"

#include <optional>

namespace isthmus::detail {
namespace {

constexpr counted::rules of = counted::for_event;

/// The step of a manual event that sets or pulses it, and what belongs to it.
template <class Step>
void latch_by(dispatcher_state& state, Step what) noexcept {
  std::uint64_t seen = state.word.load(std::memory_order_relaxed);
  while (!state.word.compare_exchange_weak(seen, what(seen))) {
  }
  if ((seen & latch::sleepers) != 0) wake_all(low_half(state.word));
}

/// Resetting is a taking: it waits until nobody has the event reserved; not for ever, since whoever
/// has it may be stopped. The word before the step. With `all_look`, whoever was called when the
/// event was set looks at it first.
template <class Step>
std::optional<std::uint64_t> unset_by(dispatcher& handle, std::uint64_t guard_mark, Step what,
                                      failure& why, bool all_look = true) {
  dispatcher_state& state = state_of(handle);
  bool mended = false;
  for (back_off pause;; pause.once()) {
    std::uint64_t seen = state.word.load();
    if ((seen & guard_mark) != 0) {
      if (!pause.too_long()) continue;
      if (mended) {
        why.set(errc::busy,
                "a process is stopped in the middle of a wait for all of several "
                "objects, this event among them");
        return std::nullopt;
      }
      member object = member_of(handle);
      mend_guard(object);
      mended = true;
      continue;
    }
    if (all_look && calls_pending(state)) call_all(state, true);
    // Set anew since: then there may be new ones who were called.
    if (state.word.compare_exchange_strong(seen, what(seen))) return seen;
  }
}

}  // namespace

void set_event(dispatcher& state, failure&) {
  tsan::gives(state);
  dispatcher_state& shared = state_of(state);
  if (!is_manual(state)) {
    give_by(shared, of, [](std::uint64_t word) { return counted::give(word, of, 1); });
    return;
  }
  latch_by(shared, latch::set);
  call_all(shared, true);
}

void reset_event(dispatcher& state, failure& why) {
  if (is_manual(state))
    (void)unset_by(state, latch::guard, latch::reset_event, why);
  else
    (void)unset_by(
        state, counted::guard, [](std::uint64_t word) { return counted::reset(word, of); }, why);
}

namespace {

void pulse_latch(dispatcher& handle, failure& why) {
  dispatcher_state& state = state_of(handle);
  // A wait for all takes the event itself, so it has to be there until all of them have looked.
  const bool for_all = calls_pending(state);
  const auto seen =
      unset_by(handle, latch::guard, for_all ? latch::pulse_for_all : latch::pulse, why, !for_all);
  if (!seen) return;
  if ((*seen & latch::sleepers) != 0) wake_all(low_half(state.word));
  if (for_all) (void)unset_by(handle, latch::guard, latch::end_pulse, why);
}

/// The same for one of those who wait: one who waits for the event alone if there is any.
void pulse_counted(dispatcher& handle, failure& why) {
  dispatcher_state& state = state_of(handle);
  const bool all_sleep = calls_pending(state);
  const auto pulsed = [&](std::uint64_t word) {
    return counted::pulse(word, of, all_sleep, all_word::called(state.all.load()));
  };
  const auto seen = unset_by(handle, counted::guard, pulsed, why, !all_sleep);
  if (!seen) return;
  if (counted::grants_of(*seen, 1) != 0)
    wake_granted(state, of, 1);
  else if (all_sleep)
    (void)unset_by(handle, counted::guard, counted::end_pulse, why);
}

}  // namespace

void pulse_event(dispatcher& state, failure& why) {
  tsan::gives(state);
  if (is_manual(state)) return pulse_latch(state, why);
  pulse_counted(state, why);
}

}  // namespace isthmus::detail
