// SPDX-License-Identifier: MIT
//
// Forks of processes that wait.
#include "crowd.hpp"
#include "states.hpp"

#include "support/threads.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::mutex;
using isthmus::semaphore;
using isthmus::wait_status;

TEST_CASE("a child of a process whose thread waits uses the same objects",
          "[fork][semaphore][SEM-02]") {
  auto tokens = semaphore::create({.initial = 0, .maximum = 5});
  const page_of page(tokens);
  support::worker thread;
  auto served = thread.start([&] { return tokens.try_acquire_for(support::patience()); });
  REQUIRE(page.has_waiting(1));
  forked child([&] {
    // One for each of the two waiters: the parent's thread and this one.
    if (tokens.release() != 0) return 1;
    return tokens.try_acquire_for(support::patience()) ? 0 : 2;
  });
  REQUIRE(support::ready(served));
  CHECK(served.get());
  tokens.release();
  CHECK(child.ended() == 0);
  CHECK_FALSE(tokens.try_acquire());
}

TEST_CASE("a wait for all of another thread does not get into a fork's child",
          "[fork][wait][WAIT-07]") {
  auto tokens = semaphore::create({.initial = 2, .maximum = 2});
  auto ready = event::create({.initially_set = true});
  auto guard = mutex::create();
  const auto take_and_give = [&] {
    const auto got = isthmus::wait_all_for({tokens, ready, guard}, support::patience());
    if (got.status != wait_status::signaled) return false;
    guard.unlock();
    ready.set();
    tokens.release();
    return true;
  };
  std::atomic<bool> stop = false;
  std::atomic<int> rounds = 0;
  support::worker thread;
  auto all_well = thread.start([&] {
    while (!stop) {
      if (!take_and_give()) return false;
      ++rounds;
    }
    return true;
  });
  for (int child = 0; child < 100; ++child) {
    const int before = rounds;
    REQUIRE(support::eventually([&] { return rounds != before; }));
    CHECK(in_child([&] { return take_and_give() ? 0 : 1; }) == 0);
  }
  stop = true;
  REQUIRE(support::ready(all_well));
  CHECK(all_well.get());
  CHECK(tokens.try_acquire());
  CHECK(tokens.release() == 1);
  CHECK(ready.wait_for(0ms) == wait_status::signaled);
  CHECK(guard.lock() == wait_status::signaled);
  guard.unlock();
}
