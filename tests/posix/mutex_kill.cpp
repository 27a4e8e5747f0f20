// SPDX-License-Identifier: MIT
//
// Processes that die or stop in the middle of lock and unlock.
#include "crowd.hpp"
#include "forked.hpp"
#include "recorded.hpp"
#include "seams.hpp"

#include "support/mutexes.hpp"
#include "support/threads.hpp"

#include <isthmus/mutex.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>

#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::mutex;
using isthmus::wait_status;

TEST_CASE("an owner killed with waiters is told of once and delays nobody",
          "[mutex][MTX-06][MTX-08][MTX-09]") {
  auto guard = mutex::create();
  for (int round = 0; round < 20; ++round) {
    shared<std::atomic<bool>> locked;
    forked owner([&] {
      guard.lock();
      guard.lock();
      *locked = true;
      ::sleep(60);
      return 0;
    });
    REQUIRE(support::eventually([&] { return locked->load(); }));
    crowd waiters(guard, 4);
    waiters.notes().died = now();
    owner.kill();
    waiters.check(1);
  }
}

TEST_CASE("an owner killed between unlocking and waking delays nobody for long",
          "[mutex][MTX-06]") {
  auto guard = mutex::create();
  shared<std::array<std::atomic<bool>, 2>> flags;
  forked owner([&] {
    guard.lock();
    (*flags)[0] = true;
    await([&] { return (*flags)[1].load(); });
    signal_at(step::unlock_before_wake, SIGKILL);
    guard.unlock();
    return 0;
  });
  REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
  crowd waiters(guard, 3);
  waiters.notes().died = now();
  (*flags)[1] = true;
  CHECK(owner.ended() == 128 + SIGKILL);
  waiters.check(0);
}

TEST_CASE("a waiter killed before or after its sleep takes no wake with it", "[mutex][MTX-06]") {
  for (const step where : {step::wait_before_sleep, step::wait_after_sleep}) {
    INFO(name_of(where));
    auto guard = mutex::create();
    guard.lock();
    // The victim is first in line, so that the first wake is for it.
    shared<std::atomic<int>> sleeps;
    forked victim([&] {
      count_sleeps(*sleeps);
      signal_at(where, SIGKILL);
      guard.lock();
      return 0;
    });
    if (where == step::wait_before_sleep) {
      CHECK(victim.ended() == 128 + SIGKILL);
    } else {
      REQUIRE(comes_to_wait(victim, *sleeps));
    }
    crowd waiters(guard, 3);
    waiters.notes().died = now();
    guard.unlock();
    waiters.check(0);
    CHECK(victim.ended() == 128 + SIGKILL);
  }
}

TEST_CASE("one that dies while it takes over from the dead is a dead owner itself",
          "[mutex][MTX-07][MTX-08]") {
  auto guard = mutex::create();
  CHECK(in_child([&] {
          guard.lock();
          return 0;
        }) == 0);
  CHECK(in_child([&] {
          signal_at(step::lock_taken_over, SIGKILL);
          guard.lock();
          return 0;
        }) == 128 + SIGKILL);
  CHECK(support::lock_within(guard) == wait_status::abandoned);
  guard.unlock();
  CHECK(support::lock_within(guard) == wait_status::signaled);
  guard.unlock();
}

TEST_CASE("one that dies when it has just made its record disturbs nobody", "[mutex][MTX-06]") {
  auto guard = mutex::create();
  CHECK(in_child([&] {
          signal_at(step::enrol_record_published, SIGKILL);
          (void)lock_with_record(guard);
          return 0;
        }) == 128 + SIGKILL);
  CHECK(support::lock_within(guard) == wait_status::signaled);
  guard.unlock();
}

TEST_CASE("a stopped waiter swallows no wakes", "[mutex][MTX-13]") {
  auto guard = mutex::create();
  for (int round = 0; round < 10; ++round) {
    guard.lock();
    shared<std::atomic<int>> sleeps;
    forked first([&] {
      count_sleeps(*sleeps);
      guard.lock();
      guard.unlock();
      return 0;
    });
    REQUIRE(comes_to_wait(first, *sleeps));
    crowd waiters(guard, 1);
    first.signal(SIGSTOP);
    REQUIRE(first.stopped());
    waiters.notes().died = now();
    guard.unlock();
    waiters.check(0);
    first.signal(SIGCONT);
    CHECK(first.ended() == 0);
  }
}

TEST_CASE("an owner that is stopped is alive", "[mutex][MTX-12]") {
  auto guard = mutex::create();
  shared<std::atomic<bool>> locked;
  forked owner([&] {
    guard.lock();
    *locked = true;
    ::raise(SIGSTOP);
    guard.unlock();
    return 0;
  });
  REQUIRE(owner.stopped());
  CHECK_FALSE(guard.try_lock_for(600ms));
  owner.signal(SIGCONT);
  CHECK(guard.try_lock_for(support::patience()));
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
  CHECK(owner.ended() == 0);
}
