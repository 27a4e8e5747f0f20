// SPDX-License-Identifier: MIT
//
// Waits for any of several objects.
#include "support/crowd.hpp"
#include "support/threads.hpp"

#include <isthmus/isthmus.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <system_error>

using namespace support;
using isthmus::errc;
using isthmus::event;
using isthmus::mutex;
using isthmus::reset_mode;
using isthmus::semaphore;
using isthmus::timer;
using isthmus::wait_any;
using isthmus::wait_any_for;
using isthmus::wait_any_until;
using isthmus::wait_status;

TEST_CASE("the first of those that are ready satisfies a wait for any, and it alone changes",
          "[wait][WAIT-03][WAIT-05]") {
  auto never = event::create();
  auto permits = semaphore::create({.initial = 2, .maximum = 2});
  auto set = event::create({.initially_set = true});
  auto guard = mutex::create();
  CHECK(wait_any({never, permits, set, guard}) == signaled_at(1));
  CHECK(wait_any_for({never, permits, set, guard}, 1h) == signaled_at(1));
  CHECK(wait_any_for({never, permits, set, guard}, 0s) == signaled_at(2));
  CHECK(wait_any_for({never, permits, set, guard}, 1h) == signaled_at(3));
  CHECK(in_thread([&] { return wait_any_for({never, permits, set, guard}, 0s); }) == timeout);
  guard.unlock();
  CHECK(permits.release(2) == 0);
  CHECK_FALSE(ready_now(set));
}

TEST_CASE("manual objects stay as they are when they satisfy a wait for any", "[wait][WAIT-03]") {
  auto gate = event::create({.mode = reset_mode::manual, .initially_set = true});
  auto fired = timer::create({.mode = reset_mode::manual});
  fired.arm(0s);
  REQUIRE(fired.wait_for(patience()) == wait_status::signaled);
  for (int i = 0; i < 3; ++i) {
    CHECK(wait_any_for({gate, fired}, 1h) == signaled_at(0));
    CHECK(wait_any_for({fired, gate}, 1h) == signaled_at(0));
  }
}

TEST_CASE("whichever becomes ready first ends a wait for any", "[wait][WAIT-06]") {
  auto call = event::create();
  auto permits = semaphore::create();
  auto alarm = timer::create();
  auto guard = mutex::create();
  worker owner;
  owner.run([&] { guard.lock(); });
  const auto ends_by = [&](std::size_t index, auto signal) {
    CAPTURE(index);
    crowd waiters;
    waiters.add([&] {
      const auto result = wait_any_for({call, permits, alarm, guard}, patience());
      if (result.index == 3) guard.unlock();
      return result;
    });
    REQUIRE(waiters.blocks());
    signal();
    REQUIRE(waiters.all());
    CHECK(waiters.count(signaled_at(index)) == 1);
  };
  ends_by(0, [&] { call.set(); });
  ends_by(1, [&] { permits.release(); });
  ends_by(2, [&] { alarm.arm(1ms); });
  ends_by(3, [&] { owner.run([&] { guard.unlock(); }); });
  CHECK_FALSE(ready_now(call));
  CHECK_FALSE(ready_now(permits));
  CHECK_FALSE(ready_now(alarm));
  CHECK(guard.try_lock());
  guard.unlock();
}

TEST_CASE("of two objects that are signalled for one wait for any, one stays signalled",
          "[wait][WAIT-03][WAIT-06]") {
  int shown = 0;
  for (int round = 0; shown < 10 && round < 100; ++round) {
    auto first = event::create();
    auto second = event::create();
    crowd waiters;
    waiters.add([&] { return wait_any_for({first, second}, patience()); });
    REQUIRE(waiters.blocks());
    bool first_left = false;
    bool second_left = false;
    const auto time = time_of([&] {
      second.set();
      first.set();
      first_left = ready_now(first);
      second_left = ready_now(second);
    });
    if (time < 40ms) {
      ++shown;
      CHECK(first_left != second_left);
    } else {  // a waiter that does not run for 50 ms may lose what it was promised
      first.set();
    }
    REQUIRE(waiters.all());
    if (time < 40ms) CHECK(waiters.count(signaled_at(first_left ? 1 : 0)) == 1);
  }
  CHECK(shown > 0);
}

TEST_CASE("two sets of one event release two who wait for any of several", "[wait][EVT-02]") {
  auto call = event::create();
  auto never = event::create();
  crowd waiters;
  for (int i = 0; i < 3; ++i) waiters.add([&] { return wait_any_for({never, call}, patience()); });
  REQUIRE(waiters.blocks());
  call.set();
  call.set();
  CHECK(waiters.exactly(2));
  CHECK_FALSE(ready_now(call));
  call.set();
  REQUIRE(waiters.all());
  CHECK(waiters.count(signaled_at(1)) == 3);
}

TEST_CASE("a release finds no permits while somebody waits for any of several",
          "[wait][SEM-03][SEM-06]") {
  auto permits = semaphore::create();
  auto never = event::create();
  crowd waiters;
  for (int i = 0; i < 2; ++i)
    waiters.add([&] { return wait_any_for({never, permits}, patience()); });
  REQUIRE(waiters.blocks());
  CHECK(permits.release() == 0);
  CHECK(permits.release(2) == 0);
  REQUIRE(waiters.all());
  CHECK(waiters.count(signaled_at(1)) == 2);
  CHECK(permits.release() == 1);
}

TEST_CASE("a wait for any that times out changes nothing, and not too early",
          "[wait][WAIT-01][WAIT-03]") {
  auto call = event::create();
  auto permits = semaphore::create();
  for (const std::chrono::nanoseconds limit :
       std::initializer_list<std::chrono::nanoseconds>{1ns, 999us, 1ms, 20ms}) {
    CAPTURE(limit.count());
    CHECK(time_of([&] { CHECK(wait_any_for({call, permits}, limit) == timeout); }) >= limit);
  }
  const auto steady = clock::now() + 5ms;
  CHECK(wait_any_until({call, permits}, steady) == timeout);
  CHECK(clock::now() >= steady);
  const auto wall = std::chrono::system_clock::now() + 5ms;
  std::error_code ec = make_error_code(errc::busy);
  CHECK(wait_any_until({call, permits}, wall, ec) == timeout);
  CHECK_FALSE(ec);
  CHECK(std::chrono::system_clock::now() >= wall);
  CHECK(wait_any_for({call, permits}, 0s, ec) == timeout);
  CHECK(wait_any_for({call, permits}, -1h) == timeout);
  CHECK(permits.release() == 0);
}

TEST_CASE("a wait for any ends long before its limit when something is ready",
          "[wait][WAIT-01][WAIT-06]") {
  const auto waits = [](auto attempt) {
    auto call = event::create();
    auto never = event::create();
    crowd waiters;
    waiters.add([&] { return attempt(never, call); });
    REQUIRE(waiters.blocks());
    call.set();
    REQUIRE(waiters.all());
    CHECK(waiters.count(signaled_at(1)) == 1);
  };
  waits([](event& a, event& b) { return wait_any_for({a, b}, std::chrono::hours::max()); });
  waits([](event& a, event& b) { return wait_any_for({a, b}, std::chrono::hours(24 * 50)); });
  waits([](event& a, event& b) { return wait_any_until({a, b}, clock::now() + 1h); });
  waits([](event& a, event& b) {
    return wait_any_until({a, b}, std::chrono::system_clock::time_point::max());
  });
  waits([](event& a, event& b) {
    std::error_code ec;
    return wait_any_for({a, b}, 1h, ec);
  });
}

TEST_CASE("every wait that returns has taken something", "[wait][WAIT-22]") {
  constexpr int given = 300;
  auto first = semaphore::create();
  auto second = semaphore::create();
  auto stop = event::create({.mode = reset_mode::manual});
  std::atomic<int> taken = 0;
  std::atomic<int> timeouts = 0;
  crowd waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.add([&, i] {
      for (;;) {
        const auto limit = i == 0 ? 200us : std::chrono::microseconds(patience());
        const auto result = wait_any_for({first, second, stop}, limit);
        if (result.status == wait_status::timeout) ++timeouts;
        if (result.status == wait_status::signaled && result.index == 2) return result;
        if (result.status == wait_status::signaled) ++taken;
      }
    });
  }
  for (int i = 0; i < given; ++i) (i % 3 == 0 ? first : second).release();
  CHECK(eventually([&] { return taken >= given; }));
  stop.set();
  REQUIRE(waiters.all());
  CHECK(taken == given);
  CHECK_FALSE(first.try_acquire());
  CHECK_FALSE(second.try_acquire());
}
