// SPDX-License-Identifier: MIT
#include <isthmus/timer.hpp>

#include "support/crowd.hpp"
#include "support/errors.hpp"
#include "support/names.hpp"
#include "support/signals.hpp"

#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <chrono>
#include <cstddef>
#include <system_error>

using namespace support;
using isthmus::access;
using isthmus::errc;
using isthmus::reset_mode;
using isthmus::timer;
using isthmus::wait_status;
using std::chrono::system_clock;

TEST_CASE("a timer is made inactive and unset", "[timer][TMR-01]") {
  for (const auto mode : both_modes) {
    auto object = timer::create({.mode = mode});
    CHECK(rests(object));
  }
  std::error_code ec;
  CHECK_FALSE(timer::create({.mode = static_cast<reset_mode>(7)}, ec));
  CHECK(ec == errc::invalid_argument);
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
  CHECK(cancelled_in_time(first, third));
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
