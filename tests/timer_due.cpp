// SPDX-License-Identifier: MIT
//
// When a timer fires, and when it does not.
#include "support/crowd.hpp"
#include "support/signals.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/timer.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <initializer_list>
#include <system_error>

using namespace support;
using isthmus::access;
using isthmus::errc;
using isthmus::timer;
using isthmus::wait_status;
using std::chrono::system_clock;

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
    fires_at_once(std::chrono::time_point<system_clock, std::chrono::hours>::min());
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
  rests_until(std::chrono::time_point<system_clock, std::chrono::hours>::max());
  rests_until(std::chrono::time_point<system_clock, std::chrono::duration<double>>::max());
}

TEST_CASE("those who wait for a timer that is armed anew wait for its new time",
          "[timer][TMR-05]") {
  for (const auto mode : both_modes) {
    auto object = timer::create({.mode = mode});
    // Later than it was. Where it has fired before that was said, there is more time the next time.
    bool shown = false;
    for (auto due = 300ms; !shown && due < patience(); due *= 3) {
      const auto start = clock::now();
      object.arm(due);
      crowd waiters;
      waiters.add([&] { return object.wait_for(patience()); });
      const bool blocked = waiters.blocks();
      const auto later = clock::now() + due + 200ms;
      object.arm(due + 200ms);
      shown = clock::now() < start + due - timer_tick();
      REQUIRE(waiters.all());
      CHECK(waiters.count(signaled) == 1);
      if (!shown) continue;
      CHECK(blocked);
      CHECK(clock::now() >= later - timer_tick());
    }
    CHECK(shown);

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

TEST_CASE("cancel takes the schedule away and leaves the state", "[timer][TMR-10]") {
  for (const auto mode : both_modes) {
    auto object = timer::create({.mode = mode});
    std::error_code ec = make_error_code(errc::busy);
    object.cancel(ec);  // with nothing to cancel
    CHECK_FALSE(ec);
    CHECK_FALSE(ready_now(object));
    CHECK(cancelled_in_time(object, object));
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
