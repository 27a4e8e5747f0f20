// SPDX-License-Identifier: MIT
#include "timer.hpp"

#include "win32/ntdll.hpp"
#include "win32/object.hpp"

#include <algorithm>
#include <cstdint>
#include <ratio>

namespace isthmus::detail {
namespace {

using namespace std::chrono_literals;
using ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;

/// As the system wants it: negative from now on, otherwise since 1601 in UTC (TMR-02). Zero, long
/// past, is now.
LARGE_INTEGER due_in_ticks(const due_time& due) noexcept {
  constexpr ticks from_1601_to_1970{116'444'736'000'000'000};
  LARGE_INTEGER result = {};
  if (const auto* const relative = std::get_if<std::chrono::nanoseconds>(&due)) {
    result.QuadPart = -saturated<ticks>(*relative).count();
  } else {
    const auto when = std::get<std::chrono::system_clock::time_point>(due).time_since_epoch();
    const auto since_1970 = saturated<ticks>(when);
    result.QuadPart =
        (std::min(since_1970, ticks::max() - from_1601_to_1970) + from_1601_to_1970).count();
  }
  return result;
}

bool set(HANDLE timer, LARGE_INTEGER due, LONG period) noexcept {
  return ::SetWaitableTimer(timer, &due, period, nullptr, nullptr, FALSE) != 0;
}

/// Whether setting an automatic timer unsets it, as it should (TMR-06). Under Wine it does not.
/// Found by trying, once.
bool setting_unsets() noexcept {
  static const bool result = [] {
    const unique_handle probe(::CreateWaitableTimerW(nullptr, FALSE, nullptr));
    if (!probe || !set(probe.get(), {}, 0)) return true;
    for (int i = 0; i < 100 && !is_timer_set(probe.get()); ++i) ::Sleep(1);
    LARGE_INTEGER far_away = {};
    far_away.QuadPart = -ticks(1h).count();
    return !set(probe.get(), far_away, 0) || !is_timer_set(probe.get());
  }();
  return result;
}

/// Unsets an automatic timer by a wait, which does nothing to a manual one. Its schedule has to end
/// first: what it would set meanwhile would stay. Others who set the timer meanwhile come before
/// us, since our schedule will be the later one.
void unset(HANDLE timer, bool may_wait) noexcept {
  ::CancelWaitableTimer(timer);
  unique_handle own;
  if (!may_wait) own = unique_handle(duplicate_handle(timer, SYNCHRONIZE));
  if (may_wait || own) ::WaitForSingleObject(may_wait ? timer : own.get(), 0);
}

}  // namespace

void arm_timer(dispatcher& state, const due_time& due, std::chrono::milliseconds period,
               failure& why) {
  const HANDLE timer = dispatcher_handle(state);
  if (!setting_unsets()) unset(timer, includes(state.info.access, access::wait));
  if (!set(timer, due_in_ticks(due), static_cast<LONG>(period.count())))
    why.set_native(last_error());
}

void cancel_timer(dispatcher& state, failure& why) {
  if (!::CancelWaitableTimer(dispatcher_handle(state))) why.set_native(last_error());
}

}  // namespace isthmus::detail
