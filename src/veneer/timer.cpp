// SPDX-License-Identifier: MIT
#include <isthmus/timer.hpp>

#include "object.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <ratio>

namespace isthmus::veneer {
namespace {

/// The units of due times.
using ticks = std::chrono::duration<LONGLONG, std::ratio<1, 10'000'000>>;
constexpr ticks from_1601_to_1970(116'444'736'000'000'000);
constexpr ticks most_since_1970(92'000'000'000'000'000);  // 291 years, which every clock can count

HANDLE create_timer(const SECURITY_ATTRIBUTES* attributes, const object_name& name, DWORD flags,
                    DWORD rights) {
  constexpr DWORD known =
      CREATE_WAITABLE_TIMER_MANUAL_RESET | CREATE_WAITABLE_TIMER_HIGH_RESOLUTION;
  if ((flags & ~known) != 0) return no_handle(ERROR_INVALID_PARAMETER);  // TMR-16
  const bool manual = (flags & CREATE_WAITABLE_TIMER_MANUAL_RESET) != 0;
  return create<timer>(attributes, name, rights,
                       timer_options{.mode = manual ? reset_mode::manual : reset_mode::automatic});
}

DWORD flags_of_timer(BOOL manual) noexcept {
  return manual != FALSE ? CREATE_WAITABLE_TIMER_MANUAL_RESET : 0;
}

/// A FILETIME by the wall clock; one too far away for it is as far away as can be.
std::chrono::system_clock::time_point wall_time(LONGLONG filetime) noexcept {
  using clock = std::chrono::system_clock;
  const ticks since_1970 =
      std::clamp(ticks(filetime) - from_1601_to_1970, -most_since_1970, most_since_1970);
  return clock::time_point(std::chrono::ceil<clock::duration>(since_1970));
}

void arm(timer& what, LONGLONG due, std::chrono::milliseconds period,
         std::error_code& ec) noexcept {
  constexpr auto least = std::numeric_limits<LONGLONG>::min();
  if (due > 0)
    what.arm(wall_time(due), period, ec);
  else
    what.arm(due == least ? ticks::max() : ticks(-due), period, ec);
}

}  // namespace
}  // namespace isthmus::veneer

using namespace isthmus::veneer;
using isthmus::timer;

HANDLE CreateWaitableTimerA(LPSECURITY_ATTRIBUTES attributes, BOOL manual, LPCSTR name) {
  return CreateWaitableTimerExA(attributes, name, flags_of_timer(manual), TIMER_ALL_ACCESS);
}

HANDLE CreateWaitableTimerW(LPSECURITY_ATTRIBUTES attributes, BOOL manual, LPCWSTR name) {
  return CreateWaitableTimerExW(attributes, name, flags_of_timer(manual), TIMER_ALL_ACCESS);
}

HANDLE CreateWaitableTimerExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name, DWORD flags,
                              DWORD rights) {
  return guarded([&] { return create_timer(attributes, name_of(name), flags, rights); });
}

HANDLE CreateWaitableTimerExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags,
                              DWORD rights) {
  return guarded([&] { return create_timer(attributes, name_of(name), flags, rights); });
}

HANDLE OpenWaitableTimerA(DWORD rights, BOOL inheritable, LPCSTR name) {
  return guarded([&] { return open<timer>(rights, inheritable, required_name_of(name)); });
}

HANDLE OpenWaitableTimerW(DWORD rights, BOOL inheritable, LPCWSTR name) {
  return guarded([&] { return open<timer>(rights, inheritable, required_name_of(name)); });
}

BOOL SetWaitableTimer(HANDLE handle, const LARGE_INTEGER* due, LONG period,
                      PTIMERAPCROUTINE routine, LPVOID /*argument*/, BOOL resume) {
  if (due == nullptr) return fail(ERROR_NOACCESS);       // TMR-11
  if (period < 0) return fail(ERROR_INVALID_PARAMETER);  // TMR-09
  if (routine != nullptr) return fail(ERROR_NOT_SUPPORTED);
  const held<timer> found(handle, TIMER_MODIFY_STATE);
  if (!found) return FALSE;
  std::error_code ec;
  arm(*found, due->QuadPart, std::chrono::milliseconds(period), ec);
  if (!ec && resume != FALSE) SetLastError(ERROR_NOT_SUPPORTED);  // TMR-15
  return done(ec);
}

BOOL CancelWaitableTimer(HANDLE handle) {
  const held<timer> found(handle, TIMER_MODIFY_STATE);
  if (!found) return FALSE;
  std::error_code ec;
  found->cancel(ec);
  return done(ec);
}
