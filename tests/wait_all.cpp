// SPDX-License-Identifier: MIT
//
// Waits for all of several objects.
#include "support/crowd.hpp"
#include "support/mutexes.hpp"
#include "support/threads.hpp"

#include <isthmus/isthmus.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <chrono>
#include <initializer_list>
#include <system_error>

using namespace support;
using isthmus::errc;
using isthmus::event;
using isthmus::mutex;
using isthmus::reset_mode;
using isthmus::semaphore;
using isthmus::timer;
using isthmus::wait_all;
using isthmus::wait_all_for;
using isthmus::wait_all_until;

TEST_CASE("a wait for all takes all of them, of whatever kinds",
          "[wait][WAIT-03][WAIT-07][WAIT-08]") {
  auto call = event::create({.initially_set = true});
  auto gate = event::create({.mode = reset_mode::manual, .initially_set = true});
  auto permits = semaphore::create({.initial = 2, .maximum = 2});
  auto guard = mutex::create();
  auto alarm = timer::create();
  alarm.arm(1ms);
  CHECK(wait_all({gate, call, permits, guard, alarm}) == signaled);
  CHECK_FALSE(ready_now(call));
  CHECK(ready_now(gate));
  CHECK(permits.release() == 1);
  CHECK_FALSE(is_free(guard));
  CHECK_FALSE(ready_now(alarm));
  guard.unlock();
  CHECK(is_free(guard));
}

TEST_CASE("a wait for all that times out has taken nothing, and not too early",
          "[wait][WAIT-01][WAIT-07]") {
  auto call = event::create({.initially_set = true});
  auto permits = semaphore::create({.initial = 1, .maximum = 2});
  auto guard = mutex::create();
  auto never = event::create();
  for (const std::chrono::nanoseconds limit :
       std::initializer_list<std::chrono::nanoseconds>{0ns, 1ns, 999us, 1ms, 20ms}) {
    CAPTURE(limit.count());
    CHECK(time_of([&] {
            CHECK(wait_all_for({call, permits, guard, never}, limit) == timeout);
          }) >= limit);
  }
  const auto steady = clock::now() + 5ms;
  CHECK(wait_all_until({call, permits, guard, never}, steady) == timeout);
  CHECK(clock::now() >= steady);
  std::error_code ec = make_error_code(errc::busy);
  CHECK(wait_all_until({never, call, permits, guard}, std::chrono::system_clock::now(), ec) ==
        timeout);
  CHECK_FALSE(ec);
  CHECK(ready_now(call));
  CHECK(permits.release() == 1);
  CHECK(is_free(guard));
  guard.unlock(ec);
  CHECK(ec == errc::not_owner);
}

TEST_CASE("while a wait for all lacks one object, others may take the rest", "[wait][WAIT-07]") {
  auto first = event::create({.initially_set = true});
  auto guard = mutex::create();
  auto last = event::create();
  crowd waiters;
  waiters.add([&] {
    const auto result = wait_all_for({first, guard, last}, patience());
    guard.unlock();
    return result;
  });
  REQUIRE(waiters.blocks());
  CHECK(ready_now(first));
  CHECK(guard.try_lock());
  last.set();
  CHECK(waiters.exactly(0));
  first.set();
  CHECK(waiters.exactly(0));
  CHECK(ready_now(last));
  last.set();
  guard.unlock();
  REQUIRE(waiters.all());
  CHECK(waiters.count(signaled) == 1);
  CHECK_FALSE(ready_now(first));
  CHECK_FALSE(ready_now(last));
}

TEST_CASE("whichever object comes last completes a wait for all", "[wait][WAIT-07]") {
  for (int last = 0; last < 4; ++last) {
    CAPTURE(last);
    auto call = event::create();
    auto permits = semaphore::create();
    auto alarm = timer::create();
    auto guard = mutex::create();
    worker owner;
    owner.run([&] { guard.lock(); });
    crowd waiters;
    waiters.add([&] {
      const auto result = wait_all_for({call, permits, alarm, guard}, patience());
      guard.unlock();
      return result;
    });
    REQUIRE(waiters.blocks());
    for (int i = 1; i <= 4; ++i) {
      if (i == 4) CHECK(waiters.exactly(0));
      switch ((last + i) % 4) {
        case 0:
          call.set();
          break;
        case 1:
          permits.release();
          break;
        case 2:
          alarm.arm(1ms);
          break;
        default:
          owner.run([&] { guard.unlock(); });
      }
    }
    REQUIRE(waiters.all());
    CHECK(waiters.count(signaled) == 1);
    CHECK_FALSE(ready_now(call));
    CHECK_FALSE(ready_now(permits));
    CHECK_FALSE(ready_now(alarm));
    CHECK(is_free(guard));
  }
}

TEST_CASE("waits for the same objects in opposite orders never hold each other up",
          "[wait][WAIT-07]") {
  constexpr int rounds = 300;
  auto guard = mutex::create();
  auto permits = semaphore::create({.initial = 1, .maximum = 1});
  auto call = event::create({.initially_set = true});
  int inside = 0;
  std::atomic<int> wrong = 0;
  crowd users;
  for (int i = 0; i < 4; ++i) {
    users.add([&, i] {
      for (int round = 0; round < rounds; ++round) {
        const auto result = i % 2 == 0 ? wait_all_for({guard, permits, call}, patience())
                                       : wait_all_for({call, permits, guard}, patience());
        if (result != signaled) return result;
        if (++inside != 1) ++wrong;
        --inside;
        call.set();
        permits.release();
        guard.unlock();
      }
      return signaled;
    });
  }
  REQUIRE(users.all());
  CHECK(wrong == 0);
  CHECK(users.count(signaled) == 4);
  CHECK(wait_all_for({guard, permits, call}, 0s) == signaled);
  guard.unlock();
}
