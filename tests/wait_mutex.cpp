// SPDX-License-Identifier: MIT
//
// Mutexes in waits for several objects: abandoned ones, and those that the thread owns.
#include "support/crowd.hpp"
#include "support/mutexes.hpp"
#include "support/threads.hpp"

#include <isthmus/isthmus.hpp>

#include <catch2/catch_test_macros.hpp>

using namespace support;
using isthmus::event;
using isthmus::mutex;
using isthmus::wait_all_for;
using isthmus::wait_any_for;
using isthmus::wait_status;

TEST_CASE("any tells of an abandoned mutex by its index; a lower one that is ready hides it",
          "[wait][WAIT-09][MTX-08]") {
  auto guard = mutex::create();
  auto call = event::create();
  in_thread([&] { guard.lock(); });
  call.set();
  CHECK(wait_any_for({call, guard}, 1h) == signaled_at(0));
  CHECK_FALSE(guard.abandoned());
  CHECK(wait_any_for({call, guard}, 1h) == abandoned_at(1));
  CHECK(guard.abandoned());
  CHECK(wait_any_for({call, guard}, 1h) == signaled_at(1));
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
  guard.unlock();
}

TEST_CASE("a thread that waits for any is told when a mutex becomes abandoned",
          "[wait][WAIT-09][MTX-09]") {
  auto guard = mutex::create();
  auto never = event::create();
  worker owner;
  owner.run([&] { guard.lock(); });
  crowd waiters;
  for (int i = 0; i < 3; ++i) {
    waiters.add([&] {
      const auto result = wait_any_for({never, guard}, patience());
      guard.unlock();
      return result;
    });
  }
  REQUIRE(waiters.blocks());
  owner.end();
  REQUIRE(waiters.all());
  CHECK(waiters.count(abandoned_at(1)) == 1);
}

TEST_CASE("a mutex that the thread owns is ready, and is owned once more",
          "[wait][WAIT-11][MTX-02]") {
  auto guard = mutex::create({.initially_owned = true});
  auto never = event::create();
  CHECK(wait_any_for({never, guard}, 1h) == signaled_at(1));
  guard.unlock();
  CHECK_FALSE(in_thread([&] { return guard.try_lock(); }));
  guard.unlock();
  CHECK(in_thread([&] { return wait_any_for({never, guard}, 0s); }) == signaled_at(1));
}

TEST_CASE("all tells of an abandoned mutex, and all of them say so", "[wait][WAIT-10][MTX-07]") {
  auto dead = mutex::create();
  auto other = mutex::create();
  auto call = event::create({.initially_set = true});
  in_thread([&] {
    dead.lock();
    dead.lock();
  });
  CHECK(wait_all_for({call, other, dead}, 1h) == abandoned);
  CHECK(dead.abandoned());
  CHECK(other.abandoned());
  CHECK_FALSE(is_free(dead));
  CHECK_FALSE(is_free(other));
  CHECK_FALSE(ready_now(call));
  dead.unlock();
  other.unlock();
  CHECK(is_free(dead));
  CHECK(is_free(other));
  call.set();
  CHECK(wait_all_for({call, other, dead}, 1h) == signaled);
  CHECK_FALSE(dead.abandoned());
  CHECK_FALSE(other.abandoned());
  dead.unlock();
  other.unlock();
}

TEST_CASE("a wait for all that lacks something leaves an abandoned mutex its mark",
          "[wait][WAIT-07][WAIT-10][MTX-10]") {
  auto dead = mutex::create();
  auto never = event::create();
  in_thread([&] { dead.lock(); });
  CHECK(wait_all_for({dead, never}, 0s) == timeout);
  CHECK(wait_all_for({never, dead}, 5ms) == timeout);
  CHECK(dead.lock() == wait_status::abandoned);
  dead.unlock();
}

TEST_CASE("a thread that waits for all is told when a mutex becomes abandoned",
          "[wait][WAIT-10][MTX-09]") {
  auto guard = mutex::create();
  auto call = event::create({.initially_set = true});
  worker owner;
  owner.run([&] { guard.lock(); });
  crowd waiters;
  waiters.add([&] {
    const auto result = wait_all_for({call, guard}, patience());
    guard.unlock();
    return result;
  });
  REQUIRE(waiters.blocks());
  owner.end();
  REQUIRE(waiters.all());
  CHECK(waiters.count(abandoned) == 1);
  CHECK_FALSE(ready_now(call));
}

TEST_CASE("a mutex that the thread owns already does not hold up a wait for all",
          "[wait][WAIT-11][MTX-02]") {
  auto guard = mutex::create({.initially_owned = true});
  auto call = event::create({.initially_set = true});
  CHECK(wait_all_for({call, guard}, 1h) == signaled);
  guard.unlock();
  CHECK_FALSE(is_free(guard));
  CHECK(wait_all_for({guard, call}, 0s) == timeout);
  guard.unlock();
  CHECK(is_free(guard));
}
