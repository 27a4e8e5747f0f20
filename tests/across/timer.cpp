// SPDX-License-Identifier: MIT
#include <isthmus/timer.hpp>

#include "across/actor.hpp"
#include "support/crowd.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <list>
#include <string>
#include <system_error>
#include <vector>

using namespace support;
using isthmus::errc;
using isthmus::reset_mode;
using isthmus::timer;
using isthmus::wait_status;

TEST_CASE("a timer that one process arms wakes another, and the armer's death changes nothing",
          "[timer][TMR-12][TMR-17][TMR-18]") {
  for (const auto mode : {reset_mode::automatic, reset_mode::manual}) {
    const auto name = unique_name("armed");
    auto object = timer::create({.name = name, .mode = mode});
    actor armer({"t:" + name});
    actor waiter({"t:" + name});
    waiter.begin("wait 0");
    REQUIRE(waiter.blocks());
    const auto start = clock::now();
    CHECK(armer.ask("arm 0 200 0") == "done");
    armer.kill();
    CHECK(waiter.end() == "signaled");
    CHECK(clock::now() - start >= 200ms - timer_tick());
    CHECK(ready_now(object) == (mode == reset_mode::manual));
  }
}

TEST_CASE("a periodic timer goes on without the process that armed it", "[timer][TMR-07][TMR-18]") {
  const auto name = unique_name("beat");
  auto object = timer::create({.name = name});
  {
    actor armer({"t:" + name});
    CHECK(armer.ask("arm 0 10 10") == "done");
  }
  for (int i = 0; i < 5; ++i) REQUIRE(object.wait_for(patience()) == wait_status::signaled);
  actor other({"t:" + name});
  for (int i = 0; i < 5; ++i) CHECK(other.ask("wait 0") == "signaled");
  CHECK(other.ask("cancel 0") == "done");
  (void)ready_now(object);
  CHECK(object.wait_for(moment) == wait_status::timeout);
}

TEST_CASE("processes that wait for a timer that is armed anew wait for its new time",
          "[timer][TMR-05][TMR-17]") {
  const auto name = unique_name("anew");
  auto object = timer::create({.name = name, .mode = reset_mode::manual});
  object.arm(1h);
  std::list<actor> waiters;
  for (const auto* order : {"wait 0", "any 0", "all 0", "wait 0"}) {
    waiters.emplace_back(std::vector{"t:" + name});
    waiters.back().begin(order);
  }
  for (auto& waiter : waiters) REQUIRE(waiter.blocks());
  actor armer({"t:" + name});
  const auto start = clock::now();
  CHECK(armer.ask("arm 0 200 0") == "done");
  for (auto& waiter : waiters) CHECK(waiter.ends());
  CHECK(clock::now() - start >= 200ms - timer_tick());
}

TEST_CASE("of several processes one takes each firing of an automatic timer", "[timer][TMR-04]") {
  const auto name = unique_name("each");
  auto object = timer::create({.name = name});
  std::list<actor> waiters;
  for (const auto* order : {"wait 0", "any 0", "all 0"}) {
    waiters.emplace_back(std::vector{"t:" + name});
    waiters.back().begin(order);
  }
  for (auto& waiter : waiters) REQUIRE(waiter.blocks());
  const auto ended = [&] {
    int count = 0;
    for (auto& waiter : waiters) count += waiter.ends(0ms) ? 1 : 0;
    return count;
  };
  for (int i = 1; i <= 3; ++i) {
    object.arm(1ms);
    CHECK(eventually([&] { return ended() == i; }));
    CHECK_FALSE(eventually([&] { return ended() > i; }, moment));
  }
  CHECK_FALSE(ready_now(object));
}

TEST_CASE("arming for later in another process unsets a timer", "[timer][TMR-06][TMR-17]") {
  for (const auto mode : {reset_mode::automatic, reset_mode::manual}) {
    const auto name = unique_name("unset");
    auto object = timer::create({.name = name, .mode = mode});
    actor other({"t:" + name});
    object.arm(0s, 1ms);
    REQUIRE(object.wait_for(patience()) == wait_status::signaled);
    REQUIRE(object.wait_for(patience()) == wait_status::signaled);
    CHECK(other.ask("arm 0 3600000 0") == "done");
    CHECK_FALSE(ready_now(object));
  }
}

TEST_CASE("a schedule goes with the last process that holds the timer",
          "[timer][TMR-18][LIFE-03]") {
  const auto name = unique_name("last");
  {
    actor holder({});
    auto made = timer::create({.name = name});
    actor other({"t:" + name});
    CHECK(other.ask("arm 0 100 0") == "done");
    made.close();
    other.kill();
  }
  std::error_code ec;
  CHECK_FALSE(timer::open({.name = name}, ec));
  CHECK(ec == errc::not_found);
  auto again = timer::create({.name = name});
  CHECK(again.wait_for(200ms) == wait_status::timeout);
}
