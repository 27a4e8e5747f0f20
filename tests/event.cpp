// SPDX-License-Identifier: MIT
#include <isthmus/event.hpp>

#include "support/crowd.hpp"
#include "support/errors.hpp"
#include "support/names.hpp"
#include "support/signals.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <chrono>
#include <initializer_list>
#include <system_error>

using namespace support;
using isthmus::access;
using isthmus::errc;
using isthmus::event;
using isthmus::reset_mode;
using isthmus::wait_status;

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

TEST_CASE("an automatic event is unset by the wait that it satisfies", "[event][EVT-02][WAIT-03]") {
  auto call = event::create();
  call.set();
  CHECK(call.wait_for(patience()) == wait_status::signaled);
  CHECK(call.wait_for(0s) == wait_status::timeout);
  call.set();
  CHECK(call.wait_until(clock::now() + patience()) == wait_status::signaled);
  CHECK(call.wait_for(1ms) == wait_status::timeout);
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
