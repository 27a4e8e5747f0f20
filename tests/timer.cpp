// SPDX-License-Identifier: MIT
#include <isthmus/timer.hpp>

#include "support/crowd.hpp"
#include "support/errors.hpp"
#include "support/names.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <chrono>
#include <initializer_list>
#include <limits>
#include <system_error>
#include <utility>

using namespace support;
using isthmus::access;
using isthmus::errc;
using isthmus::reset_mode;
using isthmus::timer;
using isthmus::wait_status;
using std::chrono::milliseconds;
using std::chrono::system_clock;

namespace {

constexpr auto both_modes = {reset_mode::automatic, reset_mode::manual};

/// Whether it fires before the test loses its patience.
bool fires(timer& object) { return object.wait_for(patience()) == wait_status::signaled; }

/// Whether it does not, for a moment.
bool rests(timer& object) { return object.wait_for(moment) == wait_status::timeout; }

/// Armed for now, and certainly set: it has been seen, through a wait that took nothing.
void make_set(timer& object) {
  auto signal = timer::create({.mode = reset_mode::manual});
  object.arm(0s);
  signal.arm(0s);
  REQUIRE(fires(signal));
}

}  // namespace

TEST_CASE("a timer is made inactive and unset", "[timer][TMR-01]") {
  for (const auto mode : both_modes) {
    auto object = timer::create({.mode = mode});
    CHECK(rests(object));
  }
  std::error_code ec;
  CHECK_FALSE(timer::create({.mode = static_cast<reset_mode>(7)}, ec));
  CHECK(ec == errc::invalid_argument);
}

TEST_CASE("a timer fires when its time has come, and not before", "[timer][TMR-02]") {
  for (const auto mode : both_modes) {
    auto object = timer::create({.mode = mode});
    for (const std::chrono::nanoseconds due :
         std::initializer_list<std::chrono::nanoseconds>{1ns, 150ns, 999us, 1ms, 30ms}) {
      CAPTURE(due.count());
      const auto start = clock::now();
      object.arm(due);
      REQUIRE(fires(object));
      CHECK(clock::now() - start >= due - timer_tick());
    }
    const auto wall = system_clock::now() + 30ms;
    object.arm(wall);
    CHECK_FALSE(ready_now(object));
    REQUIRE(fires(object));
    CHECK(system_clock::now() >= wall - timer_tick());
  }
}

TEST_CASE("a timer whose time has passed fires at once", "[timer][TMR-02]") {
  for (const auto mode : both_modes) {
    auto object = timer::create({.mode = mode});
    const auto fires_at_once = [&](auto due) {
      object.arm(1h);
      std::error_code ec = make_error_code(errc::busy);
      object.arm(due, 0ms, ec);
      CHECK_FALSE(ec);
      CHECK(fires(object));
    };
    fires_at_once(0s);
    fires_at_once(-1ns);
    fires_at_once(std::chrono::hours::min());
    fires_at_once(std::chrono::duration<double>(-1e300));
    fires_at_once(system_clock::now());
    fires_at_once(system_clock::now() - 24h);
    fires_at_once(system_clock::time_point());
    fires_at_once(system_clock::time_point::min());
  }
}

TEST_CASE("a time that is far away is far away", "[timer][TMR-02]") {
  auto object = timer::create();
  const auto rests_until = [&](auto due) {
    object.arm(0s);
    object.arm(due);
    CHECK(object.wait_for(5ms) == wait_status::timeout);
  };
  rests_until(1h);
  rests_until(24h * 365 * 100);
  rests_until(std::chrono::hours::max());
  rests_until(std::chrono::nanoseconds::max());
  rests_until(std::chrono::duration<double>(1e300));
  rests_until(system_clock::now() + 1h);
  rests_until(system_clock::time_point::max());
}

TEST_CASE("a manual timer stays set through waits and cancel, until it is armed anew",
          "[timer][TMR-03][WAIT-03]") {
  auto object = timer::create({.mode = reset_mode::manual});
  object.arm(1ms);
  REQUIRE(fires(object));
  CHECK(ready_now(object));
  object.cancel();
  CHECK(ready_now(object));
  object.arm(1h);
  CHECK_FALSE(ready_now(object));
}

TEST_CASE("a manual timer releases all who wait", "[timer][TMR-03]") {
  auto object = timer::create({.mode = reset_mode::manual});
  crowd waiters;
  for (int i = 0; i < 6; ++i) waiters.add([&] { return object.wait_for(patience()); });
  REQUIRE(waiters.blocks());
  object.arm(5ms);
  REQUIRE(waiters.all());
  CHECK(waiters.count(signaled) == 6);
}

TEST_CASE("an automatic timer is unset by the wait that it satisfies, one each time it fires",
          "[timer][TMR-04][WAIT-03]") {
  auto object = timer::create();
  object.arm(1ms);
  REQUIRE(fires(object));
  CHECK(rests(object));

  crowd waiters;
  for (int i = 0; i < 3; ++i) waiters.add([&] { return object.wait_for(patience()); });
  REQUIRE(waiters.blocks());
  for (std::size_t i = 1; i <= 3; ++i) {
    object.arm(1ms);
    REQUIRE(waiters.exactly(i));
  }
  CHECK(waiters.count(signaled) == 3);
  CHECK_FALSE(ready_now(object));
}

TEST_CASE("those who wait for a timer that is armed anew wait for its new time",
          "[timer][TMR-05]") {
  for (const auto mode : both_modes) {
    auto object = timer::create({.mode = mode});
    object.arm(300ms);
    crowd waiters;
    waiters.add([&] { return object.wait_for(patience()); });
    REQUIRE(waiters.blocks());
    // Later than it was.
    const auto later = clock::now() + 500ms;
    object.arm(500ms);
    REQUIRE(waiters.all());
    CHECK(clock::now() >= later - timer_tick());
    CHECK(waiters.count(signaled) == 1);

    // Sooner than it was.
    object.arm(1h);
    crowd others;
    others.add([&] { return object.wait_for(patience()); });
    REQUIRE(others.blocks());
    object.arm(1ms);
    REQUIRE(others.all());
    CHECK(others.count(signaled) == 1);
  }
}

TEST_CASE("arming a timer for later unsets it", "[timer][TMR-06]") {
  for (const auto mode : both_modes) {
    auto object = timer::create({.mode = mode});
    make_set(object);
    object.arm(1h);
    CHECK_FALSE(ready_now(object));
    make_set(object);
    object.arm(system_clock::now() + 1h);
    CHECK_FALSE(ready_now(object));
    make_set(object);
    object.duplicate(access::modify).arm(1h);
    CHECK_FALSE(ready_now(object));
    make_set(object);
    object.arm(30ms);
    REQUIRE(fires(object));
  }
}

TEST_CASE("beats that nobody waited for are one, and the beat goes on", "[timer][TMR-07]") {
  constexpr auto period = 60ms;
  auto object = timer::create();
  auto pause = timer::create();
  const auto start = clock::now();
  object.arm(period, period);
  pause.arm(period * 7 / 2);
  REQUIRE(fires(pause));
  // Three beats have passed, and one more for each period that the machine was busy.
  CHECK(ready_now(object));
  for (int i = 0; i < 3; ++i) {
    const auto before = clock::now();
    REQUIRE(fires(object));
    // On a beat: since the start, whole periods have passed and not much more.
    const auto now = clock::now();
    if (now - before < period / 3) continue;  // we came late, and it was set already
    CHECK((now - start) % period <= period / 2);
  }
  object.cancel();
}

TEST_CASE("a periodic timer fires again and again until it is cancelled or armed anew",
          "[timer][TMR-07][TMR-10]") {
  auto object = timer::create();
  const auto start = clock::now();
  object.arm(2ms, 5ms);
  for (int i = 0; i < 5; ++i) REQUIRE(fires(object));
  CHECK(clock::now() - start >= 2ms + 4 * 5ms - timer_tick());
  object.cancel();
  (void)ready_now(object);  // it may have fired before that
  CHECK(rests(object));

  object.arm(1ms, 1ms);
  REQUIRE(fires(object));
  object.arm(1ms);
  REQUIRE(fires(object));
  CHECK(rests(object));
}

TEST_CASE("a periodic manual timer stays set", "[timer][TMR-08]") {
  auto object = timer::create({.mode = reset_mode::manual});
  object.arm(1ms, 1ms);
  REQUIRE(fires(object));
  for (int i = 0; i < 5; ++i) CHECK(ready_now(object));
  object.cancel();
  CHECK(ready_now(object));
}

TEST_CASE("a period is from 0 to 2^31-1 ms, or invalid_argument and nothing changes",
          "[timer][TMR-09]") {
  auto object = timer::create();
  std::error_code ec;
  for (const auto period :
       {milliseconds(-1), milliseconds::min(), milliseconds(0x80000000LL), milliseconds::max()}) {
    CAPTURE(period.count());
    object.arm(0s, period, ec);
    CHECK(ec == errc::invalid_argument);
    object.arm(system_clock::now(), period, ec);
    CHECK(ec == errc::invalid_argument);
    CHECK(thrown_by([&] { object.arm(0s, period); }).code == errc::invalid_argument);
  }
  CHECK(rests(object));
  object.arm(0s, milliseconds(0x7FFFFFFF));
  CHECK(fires(object));
  CHECK(rests(object));
}

TEST_CASE("cancel takes the schedule away and leaves the state", "[timer][TMR-10]") {
  for (const auto mode : both_modes) {
    auto object = timer::create({.mode = mode});
    std::error_code ec = make_error_code(errc::busy);
    object.cancel(ec);  // with nothing to cancel
    CHECK_FALSE(ec);
    CHECK_FALSE(ready_now(object));
    object.arm(30ms);
    object.cancel();
    CHECK(object.wait_for(100ms) == wait_status::timeout);
    make_set(object);
    object.cancel();
    CHECK(ready_now(object));
    object.arm(1ms);
    CHECK(fires(object));
  }
}

TEST_CASE("a timer fires although the thread that armed it has ended", "[timer][TMR-12]") {
  auto object = timer::create();
  in_thread([&] { object.arm(20ms); });
  CHECK(fires(object));
}

TEST_CASE("arming and cancelling need the right to modify, waiting that to wait",
          "[timer][TMR-14][DUP-02]") {
  auto full = timer::create();
  auto setter = full.duplicate(access::modify);
  auto waiter = full.duplicate(access::wait);
  std::error_code ec;
  const auto refused = [&](auto call) {
    ec.clear();
    call();
    CHECK(ec == errc::access_denied);
  };
  refused([&] { waiter.arm(0s, 0ms, ec); });
  refused([&] { waiter.arm(system_clock::now(), 0ms, ec); });
  refused([&] { waiter.cancel(ec); });
  refused([&] { CHECK(setter.wait_for(0s, ec) == wait_status::failed); });
  CHECK(thrown_by([&] { waiter.arm(0s); }).code == errc::access_denied);
  CHECK(rests(full));
  setter.arm(1ms);
  CHECK(fires(waiter));
  setter.cancel();
}

TEST_CASE("all handles share one schedule, which outlives the handle that armed it",
          "[timer][TMR-17][TMR-18][LIFE-05]") {
  const auto name = unique_name("shared");
  auto first = timer::create({.name = name});
  auto second = timer::open({.name = name});
  second.arm(30ms);
  second.close();
  CHECK(fires(first));
  CHECK(rests(first));
  auto third = first.duplicate();
  first.arm(1h);
  third.arm(1ms);
  CHECK(fires(first));
  first.arm(30ms);
  third.cancel();
  CHECK(first.wait_for(100ms) == wait_status::timeout);
}

TEST_CASE("a schedule goes with the last handle", "[timer][TMR-18][LIFE-06]") {
  const auto name = unique_name("last");
  auto first = timer::create({.name = name});
  first.arm(20ms);
  first.close();
  auto again = timer::create({.name = name});
  CHECK(again.wait_for(100ms) == wait_status::timeout);
}

TEST_CASE("a timer that is found keeps its mode", "[timer][CRE-10]") {
  const auto name = unique_name("found");
  auto first = timer::create({.name = name});
  auto second = timer::open_or_create({.name = name, .mode = reset_mode::manual});
  CHECK_FALSE(second.created());
  second.arm(1ms);
  REQUIRE(fires(second));
  CHECK(rests(first));
}

TEST_CASE("a timer wakes a wait for several objects", "[timer][TMR-04][WAIT-06][WAIT-07]") {
  auto beat = timer::create();
  auto stop = isthmus::event::create();
  auto open = isthmus::event::create({.mode = reset_mode::manual, .initially_set = true});
  beat.arm(20ms);
  CHECK(isthmus::wait_any_for({stop, beat}, patience()) ==
        isthmus::wait_result{wait_status::signaled, 1});
  CHECK(rests(beat));
  beat.arm(20ms, 10ms);
  for (int i = 0; i < 3; ++i) CHECK(isthmus::wait_all_for({open, beat}, patience()) == signaled);
  beat.arm(20ms);
  CHECK(isthmus::wait_all_for({stop, beat}, 60ms) == support::timeout);
  CHECK(ready_now(beat));
}

TEST_CASE("operations on an empty timer are invalid_argument", "[timer]") {
  timer empty;
  std::error_code ec;
  const auto refused = [&](auto call) {
    ec.clear();
    call();
    CHECK(ec == errc::invalid_argument);
  };
  refused([&] { empty.arm(0s, 0ms, ec); });
  refused([&] { empty.arm(system_clock::now(), 0ms, ec); });
  refused([&] { empty.cancel(ec); });
  refused([&] { CHECK(empty.wait_for(0s, ec) == wait_status::failed); });
  CHECK(thrown_by([&] { empty.arm(1s); }).code == errc::invalid_argument);
  CHECK(thrown_by([&] { empty.cancel(); }).code == errc::invalid_argument);
}

TEST_CASE("what a timer throws names what was called", "[timer]") {
  const auto name = unique_name("text");
  auto object = timer::create({.name = name});
  CHECK_THAT(thrown_by([&] { object.arm(0s, -1ms); }).text,
             Catch::Matchers::StartsWith("timer::arm(\"" + name + "\"): "));
  CHECK_THAT(thrown_by([&] { object.duplicate(access::wait).cancel(); }).text,
             Catch::Matchers::StartsWith("timer::cancel(\"" + name + "\"): "));
}
