// SPDX-License-Identifier: MIT
//
// Whom a set of an event releases.
#include "support/crowd.hpp"
#include "support/signals.hpp"

#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <system_error>

using namespace support;
using isthmus::errc;
using isthmus::event;
using isthmus::wait_status;

TEST_CASE("setting a manual event releases all who wait", "[event][EVT-01]") {
  auto gate = manual_event();
  crowd waiters;
  for (int i = 0; i < 8; ++i) waiters.add([&] { return gate.wait_for(patience()); });
  REQUIRE(waiters.blocks());
  gate.set();
  REQUIRE(waiters.all());
  CHECK(waiters.count(signaled) == 8);
  CHECK(ready_now(gate));
}

TEST_CASE("each set of an automatic event releases exactly one waiter and ends unset",
          "[event][EVT-02]") {
  auto call = event::create();
  crowd waiters;
  for (int i = 0; i < 4; ++i) waiters.add([&] { return call.wait_for(patience()); });
  REQUIRE(waiters.blocks());
  for (std::size_t i = 1; i <= 4; ++i) {
    call.set();
    REQUIRE(waiters.exactly(i));
    CHECK_FALSE(ready_now(call));
  }
  CHECK(waiters.count(signaled) == 4);
}

TEST_CASE("two sets in a row release two who wait", "[event][EVT-02]") {
  for (int round = 0; round < 10; ++round) {
    auto call = event::create();
    crowd waiters;
    for (int i = 0; i < 3; ++i) waiters.add([&] { return call.wait_for(patience()); });
    REQUIRE(waiters.blocks());
    call.set();
    call.set();
    CHECK(waiters.exactly(2));
    call.set();
    REQUIRE(waiters.all());
    CHECK(waiters.count(signaled) == 3);
    CHECK_FALSE(ready_now(call));
  }
}

TEST_CASE("whoever sets an event cannot take what a waiter was promised", "[event][EVT-02]") {
  for (int round = 0; round < 10; ++round) {
    auto call = event::create();
    crowd waiters;
    waiters.add([&] { return call.wait_for(patience()); });
    REQUIRE(waiters.blocks());
    call.set();
    CHECK_FALSE(ready_now(call));
    REQUIRE(waiters.all());
    CHECK(waiters.count(signaled) == 1);
  }
}

TEST_CASE("setting a manual event and resetting it at once releases all who waited",
          "[event][EVT-05]") {
  for (int round = 0; round < 5; ++round) {
    auto gate = manual_event();
    crowd waiters;
    for (int i = 0; i < 16; ++i) waiters.add([&] { return gate.wait_for(patience()); });
    REQUIRE(waiters.blocks());
    gate.set();
    gate.reset();
    CHECK_FALSE(ready_now(gate));
    REQUIRE(waiters.all());
    CHECK(waiters.count(signaled) == 16);
  }
}

TEST_CASE("setting and resetting releases those who wait for any of several, too",
          "[event][EVT-05][WAIT-06]") {
  for (int round = 0; round < 5; ++round) {
    auto gate = manual_event();
    auto never = event::create();
    crowd waiters;
    for (int i = 0; i < 16; ++i)
      waiters.add([&] { return isthmus::wait_any_for({never, gate}, patience()); });
    REQUIRE(waiters.blocks());
    gate.set();
    gate.reset();
    CHECK_FALSE(ready_now(gate));
    REQUIRE(waiters.all());
    CHECK(waiters.count({wait_status::signaled, 1}) == 16);
  }
}

TEST_CASE("setting and resetting releases those who wait for all of several, if the others are set",
          "[event][EVT-05][WAIT-07]") {
  for (int round = 0; round < 5; ++round) {
    auto gate = manual_event();
    auto permits = isthmus::semaphore::create({.initial = 16});
    crowd waiters;
    for (int i = 0; i < 16; ++i)
      waiters.add([&] { return isthmus::wait_all_for({permits, gate}, patience()); });
    REQUIRE(waiters.blocks());
    gate.set();
    gate.reset();
    CHECK_FALSE(ready_now(gate));
    REQUIRE(waiters.all());
    CHECK(waiters.count(signaled) == 16);
    CHECK_FALSE(permits.try_acquire());
  }
}

TEST_CASE("a wait without a limit ends when the event is set", "[event][EVT-02]") {
  auto call = event::create();
  crowd waiters;
  waiters.add([&] { return call.wait(); });  // untimed: it is this form that is tested
  waiters.add([&] {
    std::error_code ec = make_error_code(errc::busy);
    const auto status = call.wait(ec);  // untimed: as above
    return ec ? wait_status::failed : status;
  });
  const bool blocked = waiters.blocks();
  call.set();
  call.set();
  CHECK(blocked);
  REQUIRE(waiters.all());
  CHECK(waiters.count(signaled) == 2);
}
