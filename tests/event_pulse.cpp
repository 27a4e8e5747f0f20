// SPDX-License-Identifier: MIT
//
// Pulses: they release whoever waits now, and leave the event unset.
#include "support/crowd.hpp"
#include "support/signals.hpp"

#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <system_error>

using namespace support;
using isthmus::errc;
using isthmus::event;

TEST_CASE("a pulse releases all who wait for a manual event and leaves it unset",
          "[event][EVT-06]") {
  auto gate = manual_event();
  crowd waiters;
  for (int i = 0; i < 8; ++i) waiters.add([&] { return gate.wait_for(patience()); });
  REQUIRE(waiters.blocks());
  gate.pulse();
  REQUIRE(waiters.all());
  CHECK(waiters.count(signaled) == 8);
  CHECK_FALSE(ready_now(gate));
}

TEST_CASE("a pulse releases one who waits for an automatic event and leaves it unset",
          "[event][EVT-06]") {
  auto call = event::create();
  crowd waiters;
  for (int i = 0; i < 3; ++i) waiters.add([&] { return call.wait_for(patience()); });
  REQUIRE(waiters.blocks());
  call.pulse();
  CHECK(waiters.exactly(1));
  CHECK_FALSE(ready_now(call));
  call.pulse();
  CHECK(waiters.exactly(2));
  std::error_code ec = make_error_code(errc::busy);
  call.pulse(ec);
  CHECK_FALSE(ec);
  REQUIRE(waiters.all());
  CHECK(waiters.count(signaled) == 3);
}

TEST_CASE("a pulse that nobody waits for unsets the event and is forgotten", "[event][EVT-06]") {
  for (const auto mode : both_modes) {
    auto object = event::create({.mode = mode, .initially_set = true});
    object.pulse();
    CHECK_FALSE(ready_now(object));
    object.pulse();
    CHECK_FALSE(ready_now(object));
  }
}

TEST_CASE("a wait for all does not remember a pulse that came too early",
          "[event][EVT-07][WAIT-07]") {
  for (const auto mode : both_modes) {
    auto pulsed = event::create({.mode = mode});
    auto other = event::create();
    crowd waiters;
    waiters.add([&] { return isthmus::wait_all_for({pulsed, other}, patience()); });
    REQUIRE(waiters.blocks());
    pulsed.pulse();
    other.set();
    REQUIRE(waiters.exactly(0));
    CHECK(ready_now(other));
    other.set();
    pulsed.set();
    REQUIRE(waiters.all());
    CHECK(waiters.count(signaled) == 1);
    CHECK_FALSE(ready_now(other));
  }
}

TEST_CASE("a pulse completes a wait for all whose other objects are ready",
          "[event][EVT-06][WAIT-07]") {
  for (const auto mode : both_modes) {
    auto pulsed = event::create({.mode = mode});
    auto other = event::create({.initially_set = true});
    crowd waiters;
    waiters.add([&] { return isthmus::wait_all_for({pulsed, other}, patience()); });
    REQUIRE(waiters.blocks());
    pulsed.pulse();
    REQUIRE(waiters.all());
    CHECK(waiters.count(signaled) == 1);
    CHECK_FALSE(ready_now(pulsed));
    CHECK_FALSE(ready_now(other));
  }
}

namespace {

/// Each of three pulses releases each of two who wait again and again, and nobody twice.
void check_pulses(event& gate, crowd& loops, const std::atomic<int>& released) {
  REQUIRE(loops.blocks());
  for (int pulses = 1; pulses <= 3; ++pulses) {
    gate.pulse();
    CHECK(eventually([&] { return released == 2 * pulses; }));
    REQUIRE(loops.blocks());
    CHECK(released == 2 * pulses);
  }
}

}  // namespace

TEST_CASE("a pulse of a manual event releases each waiter once, a wait for all among them or not",
          "[event][EVT-06]") {
  for (const bool with_all : {false, true}) {
    CAPTURE(with_all);
    auto gate = manual_event();
    auto never = event::create();
    auto over = manual_event();
    crowd all;
    if (with_all) {
      all.add([&] { return isthmus::wait_all_for({gate, never}, patience()); });
      REQUIRE(all.blocks());
    }
    std::atomic<int> released = 0;
    crowd loops;
    for (int i = 0; i < 2; ++i)
      loops.add([&] {
        for (;;) {
          const auto got = isthmus::wait_any_for({over, gate}, patience());
          if (got != signaled_at(1)) return got;
          ++released;
        }
      });
    check_pulses(gate, loops, released);
    CHECK(all.exactly(0));
    over.set();
    never.set();
    gate.set();
    REQUIRE(loops.all());
    REQUIRE(all.all());
  }
}

TEST_CASE("a wait for all that loops is satisfied by a pulse once", "[event][EVT-06][WAIT-07]") {
  auto gate = manual_event();
  auto open = manual_event();
  open.set();
  auto over = manual_event();
  std::atomic<int> released = 0;
  crowd loops;
  for (int i = 0; i < 2; ++i)
    loops.add([&] {
      for (;;) {
        const auto got = isthmus::wait_all_for({gate, open}, patience());
        if (got != signaled || over.wait_for(0ms) == isthmus::wait_status::signaled) return got;
        ++released;
      }
    });
  check_pulses(gate, loops, released);
  over.set();
  gate.set();
  REQUIRE(loops.all());
}
