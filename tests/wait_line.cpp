// SPDX-License-Identifier: MIT
//
// Waits for all among others who wait for one of their objects alone: they get their turn.
#include "support/crowd.hpp"
#include "support/signals.hpp"

#include <isthmus/event.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <functional>

using namespace support;
using isthmus::event;
using isthmus::semaphore;
using isthmus::timer;

namespace {

constexpr int many = 500;

/// How often an object has to be given, one at a time, until a wait for it and an open gate is
/// satisfied, while three others always wait for it alone; `many` at most.
int givings_until_served(isthmus::waitable& wanted, const std::function<void()>& give) {
  auto gate = manual_event();
  gate.set();
  auto over = manual_event();
  std::atomic<int> taken = 0;
  crowd alone;
  for (int i = 0; i < 3; ++i)
    alone.add([&] {
      for (;;) {
        const auto got = isthmus::wait_any_for({over, wanted}, patience());
        if (got != signaled_at(1)) return got;
        ++taken;
      }
    });
  REQUIRE(alone.blocks());
  std::atomic<bool> served = false;
  crowd all;
  all.add([&] {
    const auto got = isthmus::wait_all_for({gate, wanted}, patience());
    served = true;
    return got;
  });
  REQUIRE(all.blocks());
  int given = 0;
  while (!served && given < many) {
    ++given;
    give();
    REQUIRE(eventually([&] { return taken + (served ? 1 : 0) == given; }));
    // The next one is for those who sleep in line, not for one who is still awake.
    REQUIRE((served || alone.sleeps()));
  }
  const int needed = given;
  over.set();
  CHECK(alone.all());
  if (!served) give();
  CHECK(all.all());
  CHECK(all.count(signaled) == 1);
  return needed;
}

}  // namespace

// A grant is for one of four in line, in the order in which they came to sleep, and it takes at
// most sixteen until the wait for all has noticed that there is a line.
TEST_CASE("a wait for all gets a permit for which others always wait alone", "[wait][WAIT-07]") {
  auto permits = semaphore::create({.maximum = 8});
  for (int i = 0; i < 5; ++i) CHECK(givings_until_served(permits, [&] { permits.release(); }) < 64);
}

TEST_CASE("a wait for all gets an automatic event for which others always wait alone",
          "[wait][WAIT-07]") {
  auto call = event::create();
  for (int i = 0; i < 5; ++i) CHECK(givings_until_served(call, [&] { call.set(); }) < 64);
}

TEST_CASE("a wait for all gets a pulse of an automatic event for which others always wait alone",
          "[wait][EVT-06][WAIT-07]") {
  auto call = event::create();
  for (int i = 0; i < 5; ++i) CHECK(givings_until_served(call, [&] { call.pulse(); }) < 64);
  CHECK_FALSE(ready_now(call));
}

// All four wake when it is due, and the first of them to look gets it: that has no number.
TEST_CASE("a wait for all gets an automatic timer for which others always wait alone",
          "[wait][WAIT-07]") {
  auto alarm = timer::create();
  for (int i = 0; i < 2; ++i) CHECK(givings_until_served(alarm, [&] { alarm.arm(1ms); }) < many);
}

TEST_CASE("a wait for all in line hands on what it cannot use", "[wait][WAIT-07]") {
  auto permits = semaphore::create({.maximum = 8});
  auto never = event::create();
  crowd all;
  crowd alone;
  alone.add([&] { return permits.wait_for(patience()); });
  REQUIRE(alone.blocks());
  all.add([&] { return isthmus::wait_all_for({permits, never}, patience()); });
  REQUIRE(all.blocks());
  alone.add([&] { return permits.wait_for(patience()); });
  REQUIRE(alone.blocks());
  permits.release();
  CHECK(alone.exactly(1));
  permits.release();
  REQUIRE(alone.all());
  CHECK(alone.count(signaled) == 2);
  CHECK(all.exactly(0));
  CHECK_FALSE(ready_now(permits));
  permits.release();
  CHECK(ready_now(permits));
  never.set();
  permits.release();
  REQUIRE(all.all());
  CHECK(all.count(signaled) == 1);
}
