// SPDX-License-Identifier: MIT
#include <isthmus/event.hpp>

#include "support/crowd.hpp"
#include "support/errors.hpp"
#include "support/names.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <system_error>
#include <utility>

using namespace support;
using isthmus::access;
using isthmus::errc;
using isthmus::event;
using isthmus::reset_mode;
using isthmus::wait_status;

namespace {

event manual_event() { return event::create({.mode = reset_mode::manual}); }

constexpr auto both_modes = {reset_mode::automatic, reset_mode::manual};

}  // namespace

TEST_CASE("the modes have names", "[event][EVT-09]") {
  CHECK(to_string(reset_mode::automatic) == "automatic");
  CHECK(to_string(reset_mode::manual) == "manual");
}

TEST_CASE("an event is made in the mode and state that were asked for", "[event][EVT-09]") {
  auto plain = event::create();
  CHECK_FALSE(ready_now(plain));
  auto automatic = event::create({.initially_set = true});
  CHECK(ready_now(automatic));
  CHECK_FALSE(ready_now(automatic));
  auto manual = event::create({.mode = reset_mode::manual, .initially_set = true});
  CHECK(ready_now(manual));
  CHECK(ready_now(manual));
  auto unset = manual_event();
  CHECK_FALSE(ready_now(unset));
  std::error_code ec;
  CHECK_FALSE(event::create({.mode = static_cast<reset_mode>(7)}, ec));
  CHECK(ec == errc::invalid_argument);
}

TEST_CASE("a manual event stays set until it is reset", "[event][EVT-01][WAIT-03]") {
  auto gate = manual_event();
  gate.set();
  for (int i = 0; i < 3; ++i) CHECK(gate.wait_for(patience()) == wait_status::signaled);
  gate.reset();
  CHECK_FALSE(ready_now(gate));
}

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

TEST_CASE("an automatic event is unset by the wait that it satisfies", "[event][EVT-02][WAIT-03]") {
  auto call = event::create();
  call.set();
  CHECK(call.wait_for(patience()) == wait_status::signaled);
  CHECK(call.wait_for(0s) == wait_status::timeout);
  call.set();
  CHECK(call.wait_until(clock::now() + patience()) == wait_status::signaled);
  CHECK(call.wait_for(1ms) == wait_status::timeout);
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

TEST_CASE("sets are not counted", "[event][EVT-03]") {
  auto call = event::create();
  call.set();
  call.set();
  CHECK(ready_now(call));
  CHECK_FALSE(ready_now(call));
}

TEST_CASE("an event may be set and reset in any state", "[event][EVT-04]") {
  for (const auto mode : both_modes) {
    auto object = event::create({.mode = mode});
    std::error_code ec = make_error_code(errc::busy);
    object.reset(ec);
    CHECK_FALSE(ec);
    object.reset();
    object.set();
    ec = make_error_code(errc::busy);
    object.set(ec);
    CHECK_FALSE(ec);
    object.reset();
    CHECK_FALSE(ready_now(object));
    object.set();
    CHECK(ready_now(object));
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

TEST_CASE("waiting needs the right to wait, everything else that to modify",
          "[event][EVT-10][DUP-02]") {
  auto full = event::create({.initially_set = true});
  auto setter = full.duplicate(access::modify);
  auto waiter = full.duplicate(access::wait);
  std::error_code ec;
  CHECK(setter.wait_for(0s, ec) == wait_status::failed);
  CHECK(ec == errc::access_denied);
  const auto refused = [&](auto call) {
    ec.clear();
    call();
    CHECK(ec == errc::access_denied);
  };
  refused([&] { waiter.set(ec); });
  refused([&] { waiter.reset(ec); });
  refused([&] { waiter.pulse(ec); });
  CHECK(thrown_by([&] { waiter.reset(); }).code == errc::access_denied);
  CHECK(thrown_by([&] { (void)setter.wait_for(0s); }).code == errc::access_denied);
  CHECK(ready_now(waiter));
  setter.set();
  CHECK(ready_now(waiter));
}

TEST_CASE("an event stays as it is when the thread that set it ends", "[event][EVT-12]") {
  auto call = event::create();
  in_thread([&] { call.set(); });
  CHECK(call.wait_for(0s) == wait_status::signaled);
  in_thread([&] { CHECK_FALSE(ready_now(call)); });
  CHECK_FALSE(ready_now(call));
}

TEST_CASE("an event that is found keeps its mode and its state", "[event][CRE-09]") {
  const auto name = unique_name("found");
  auto first = event::create({.name = name});
  auto second =
      event::open_or_create({.name = name, .mode = reset_mode::manual, .initially_set = true});
  CHECK_FALSE(second.created());
  CHECK_FALSE(ready_now(second));
  second.set();
  CHECK(ready_now(first));
  CHECK_FALSE(ready_now(second));
}

TEST_CASE("closing one of several handles leaves the event as it is", "[event][LIFE-05]") {
  const auto name = unique_name("close");
  auto first = event::create({.name = name});
  auto second = event::open({.name = name});
  second.set();
  second.close();
  CHECK(ready_now(first));
}

TEST_CASE("a wait for an event never ends early", "[event][WAIT-01]") {
  for (const auto mode : both_modes) {
    auto object = event::create({.mode = mode});
    for (const std::chrono::nanoseconds limit :
         std::initializer_list<std::chrono::nanoseconds>{1ns, 999us, 1ms, 20ms}) {
      CAPTURE(limit.count());
      CHECK(time_of([&] { CHECK(object.wait_for(limit) == wait_status::timeout); }) >= limit);
    }
    const auto wall = std::chrono::system_clock::now() + 20ms;
    CHECK(object.wait_until(wall) == wait_status::timeout);
    CHECK(std::chrono::system_clock::now() >= wall);
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

TEST_CASE("operations on an empty event are invalid_argument", "[event]") {
  event empty;
  std::error_code ec;
  const auto refused = [&](auto call) {
    ec.clear();
    call();
    CHECK(ec == errc::invalid_argument);
  };
  refused([&] { empty.set(ec); });
  refused([&] { empty.reset(ec); });
  refused([&] { empty.pulse(ec); });
  refused([&] { CHECK(empty.wait_for(0s, ec) == wait_status::failed); });
  CHECK(thrown_by([&] { empty.set(); }).code == errc::invalid_argument);
  CHECK(thrown_by([&] { (void)empty.wait_for(0s); }).code == errc::invalid_argument);
}

TEST_CASE("what an event throws names what was called", "[event]") {
  const auto name = unique_name("text");
  const auto made = event::create({.name = name});
  auto waiter = made.duplicate(access::wait);
  CHECK_THAT(thrown_by([&] { waiter.set(); }).text,
             Catch::Matchers::StartsWith("event::set(\"" + name + "\"): "));
  auto setter = made.duplicate(access::modify);
  CHECK_THAT(thrown_by([&] { (void)setter.wait_for(0s); }).text,
             Catch::Matchers::StartsWith("event::wait(\"" + name + "\"): "));
}
