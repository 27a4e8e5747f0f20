// SPDX-License-Identifier: MIT
#include "calls.hpp"
#include "support/child.hpp"
#include "support/names.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <limits>
#include <string>

using namespace veneer_tests;
using namespace std::chrono_literals;
using support::unique_name;
using support::worker;

namespace {

/// The units of due times.
using ticks = std::chrono::duration<LONGLONG, std::ratio<1, 10'000'000>>;
constexpr LONGLONG from_1601_to_1970 = 116'444'736'000'000'000;

HANDLE make_timer(bool manual = false, const char* name = nullptr) {
  return CreateWaitableTimerA(nullptr, manual ? TRUE : FALSE, name);
}

BOOL set_at(HANDLE timer, LONGLONG due, LONG period = 0) {
  LARGE_INTEGER time;
  time.QuadPart = due;
  return SetWaitableTimer(timer, &time, period, nullptr, nullptr, FALSE);
}

/// From now.
bool set_in(HANDLE timer, ticks due, LONG period = 0) {
  return quietly([&] { return set_at(timer, -due.count(), period); });
}

/// A time of the wall clock as a FILETIME.
LONGLONG wall_time(std::chrono::milliseconds from_now) {
  const auto when = std::chrono::system_clock::now() + from_now;
  return std::chrono::duration_cast<ticks>(when.time_since_epoch()).count() + from_1601_to_1970;
}

bool cancel(HANDLE timer) {
  return quietly([&] { return CancelWaitableTimer(timer); });
}

/// How long it takes to set a timer, if there is need, and until it is set; long where it is not.
template <class Set>
std::chrono::milliseconds time_until_set(HANDLE timer, Set set) {
  bool came = false;
  const auto time = support::time_of([&] { came = set() && taken(timer, patience()); });
  return came ? std::chrono::ceil<std::chrono::milliseconds>(time) : 1h;
}
std::chrono::milliseconds time_until_set(HANDLE timer) {
  return time_until_set(timer, [] { return true; });
}

/// Sets a timer and cancels it before it goes off; whether it then does not. Where the machine was
/// too busy for that, there is more time the next time.
bool cancelled_in_time(HANDLE timer) {
  for (std::chrono::milliseconds due = 30ms;; due *= 3) {
    const auto start = support::clock::now();
    const bool done = set_in(timer, due) && cancel(timer);
    const bool in_time = support::clock::now() < start + due - support::timer_tick();
    const bool rested = wait(timer, static_cast<DWORD>((due + 70ms).count())) == WAIT_TIMEOUT;
    if (in_time || !done || due > 10s) return in_time && done && rested;
  }
}

}  // namespace

CHILD(timer_setter) {
  const handle timer(OpenWaitableTimerA(TIMER_MODIFY_STATE, FALSE, io.argument(0).c_str()));
  CHILD_REQUIRE(set_in(timer, 100ms));
  io.send("set");
  io.receive();
  return 0;
}

TEST_CASE("a new timer is unset and not running (TMR-01)", "[veneer][timer]") {
  for (const bool manual : {false, true}) {
    const handle timer(make_timer(manual));
    CHECK(wait(timer, moment) == WAIT_TIMEOUT);
  }
}

TEST_CASE("a due time is relative below zero, a FILETIME above, and at once if past (TMR-02)",
          "[veneer][timer]") {
  const handle timer(make_timer());
  const auto early = support::timer_tick();
  for (const LONGLONG past : {LONGLONG{0}, LONGLONG{1}, from_1601_to_1970, wall_time(-1s)}) {
    CAPTURE(past);
    CHECK(quietly([&] { return set_at(timer, past); }));
    CHECK(time_until_set(timer) < 10s);
    CHECK(wait(timer) == WAIT_TIMEOUT);
  }
  CHECK(time_until_set(timer, [&] { return set_in(timer, 60ms); }) >= 60ms - early);
  CHECK(time_until_set(timer, [&] {
          return quietly([&] { return set_at(timer, wall_time(60ms)); });
        }) >= 60ms - early - 1ms);
  for (const LONGLONG distant : {std::numeric_limits<LONGLONG>::max(), wall_time(1h),
                                 -ticks(1h).count(), -ticks(24h * 365 * 1000).count()}) {
    CAPTURE(distant);
    CHECK(quietly([&] { return set_at(timer, distant); }));
    CHECK(wait(timer, moment) == WAIT_TIMEOUT);
  }
}

TEST_CASE("a manual timer stays set, an automatic one until a wait (TMR-03, TMR-04, TMR-10)",
          "[veneer][timer]") {
  for (const bool manual : {false, true}) {
    CAPTURE(manual);
    for (const bool ex : {false, true}) {
      const DWORD flags = manual ? CREATE_WAITABLE_TIMER_MANUAL_RESET : 0;
      const handle timer(ex ? CreateWaitableTimerExA(nullptr, nullptr, flags, TIMER_ALL_ACCESS)
                            : make_timer(manual));
      CHECK(set_in(timer, 1ms));
      CHECK(taken(timer, patience()));
      CHECK(taken(timer, moment) == manual);
      CHECK(cancel(timer));
      CHECK(taken(timer) == manual);
      CHECK(set_in(timer, 1h));
      CHECK_FALSE(taken(timer));
    }
  }
}

TEST_CASE("a new time replaces the old one, and who waits goes on (TMR-05)", "[veneer][timer]") {
  const handle timer(make_timer());
  CHECK(set_in(timer, 1h));
  worker waiter;
  auto result = waiter.start([&] { return wait(timer, patience()); });
  CHECK(waiter.blocks(result));
  CHECK(set_in(timer, 2h));
  CHECK(waiter.blocks(result));
  CHECK(set_in(timer, 1ms));
  REQUIRE(support::ready(result));
  CHECK(result.get() == WAIT_OBJECT_0);
}

TEST_CASE("a time in the future unsets the timer (TMR-06)", "[veneer][timer]") {
  for (const bool manual : {false, true}) {
    if (under_wine() && !manual) continue;  // which does it for manual ones only
    const handle timer(make_timer(manual));
    const handle never(CreateEventA(nullptr, FALSE, FALSE, nullptr));
    CHECK(set_at(timer, 0) != FALSE);
    wait(never, moment);
    CHECK(set_in(timer, 1h));
    CHECK(wait(timer) == WAIT_TIMEOUT);
  }
}

TEST_CASE("a period sets an automatic timer again and again; what was missed is one (TMR-07)",
          "[veneer][timer]") {
  const handle timer(make_timer());
  const handle never(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  CHECK(set_in(timer, 40ms, 40));
  CHECK(time_until_set(timer) < 10s);
  CHECK(time_until_set(timer) < 10s);
  wait(never, 150);                          // three beats
  const auto start = support::clock::now();  // before: a beat after this is one of the three
  CHECK(taken(timer));
  for (int i = 0; i < 3; ++i) CHECK(time_until_set(timer) < 10s);
  CHECK(support::clock::now() - start >= 80ms - support::timer_tick());  // not the missed ones
  CHECK(cancel(timer));
  taken(timer);
  CHECK(wait(timer, 100) == WAIT_TIMEOUT);
}

TEST_CASE("a periodic manual timer stays set (TMR-08)", "[veneer][timer]") {
  const handle timer(make_timer(true));
  CHECK(set_in(timer, 1ms, 1));
  CHECK(taken(timer, patience()));
  CHECK(taken(timer));
}

TEST_CASE("a negative period is 87 (TMR-09)", "[veneer][timer]") {
  if (under_wine()) SKIP("Wine takes it");
  const handle timer(make_timer());
  CHECK(refusal_of([&] { return set_at(timer, 0, -1); }) == ERROR_INVALID_PARAMETER);
  CHECK(wait(timer) == WAIT_TIMEOUT);
}

TEST_CASE("an idle timer can be cancelled, and a cancelled one does not go off (TMR-10)",
          "[veneer][timer]") {
  const handle timer(make_timer());
  CHECK(cancel(timer));
  CHECK(cancelled_in_time(timer));
}

TEST_CASE("no due time is 998 (TMR-11)", "[veneer][timer]") {
  const handle timer(make_timer());
  CHECK(refusal_of([&] { return SetWaitableTimer(timer, nullptr, 0, nullptr, nullptr, FALSE); }) ==
        ERROR_NOACCESS);
}

TEST_CASE("a timer is everybody's: the one who set it may die (TMR-12, TMR-17, TMR-18)",
          "[veneer][timer]") {
  const std::string name = unique_name("timer");
  const handle timer(make_timer(false, name.c_str()));
  support::child setter("timer_setter", {name});
  setter.expect("set");
  setter.kill();
  CHECK(taken(timer, patience()));
  support::in_thread([&] { return set_in(timer, 30ms); });
  CHECK(taken(timer, patience()));
}

TEST_CASE("kind and schedule of a timer that is there stay (CRE-10)", "[veneer][timer]") {
  const std::string name = unique_name("timer");
  const handle first(make_timer(true, name.c_str()));
  CHECK(set_at(first, 0) != FALSE);
  const handle second(make_timer(false, name.c_str()));
  CHECK(GetLastError() == ERROR_ALREADY_EXISTS);
  CHECK(taken(second, patience()));
  CHECK(taken(second));
}

TEST_CASE("setting and cancelling need TIMER_MODIFY_STATE (TMR-14)", "[veneer][timer]") {
  const handle timer(CreateWaitableTimerExA(nullptr, nullptr, 0, SYNCHRONIZE));
  CHECK(refusal_of([&] { return set_at(timer, 0); }) == ERROR_ACCESS_DENIED);
  CHECK(refusal_of([&] { return CancelWaitableTimer(timer); }) == ERROR_ACCESS_DENIED);
  CHECK(wait(timer) == WAIT_TIMEOUT);
  const handle event(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  CHECK(refusal_of([&] { return CancelWaitableTimer(event); }) == ERROR_INVALID_HANDLE);
}

TEST_CASE("a timer that is to wake the machine is set, and says that it does not (TMR-15)",
          "[veneer][timer]") {
  const handle timer(make_timer());
  LARGE_INTEGER due;
  due.QuadPart = -1;
  BOOL result = FALSE;
  const DWORD error =
      error_after([&] { result = SetWaitableTimer(timer, &due, 0, nullptr, nullptr, TRUE); });
  CHECK(result != FALSE);
  if (!under_wine()) CHECK(error == ERROR_NOT_SUPPORTED);
  CHECK(taken(timer, patience()));
}

TEST_CASE("a timer of high resolution is a timer (TMR-16)", "[veneer][timer]") {
  constexpr DWORD high_resolution = 2;  // the constant is not in all headers of Win32
  const handle timer(CreateWaitableTimerExW(nullptr, nullptr, high_resolution, TIMER_ALL_ACCESS));
  CHECK(set_in(timer, 1ms));
  CHECK(taken(timer, patience()));
}
