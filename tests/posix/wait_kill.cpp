// SPDX-License-Identifier: MIT
//
// Waiters and givers of semaphores and events that are killed at every step.
#include "crowd.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "posix/system/sleep.hpp"

#include <isthmus/event.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <list>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::semaphore;
using isthmus::wait_status;

namespace {

/// Waiters for one permit each, asleep or about to be.
std::list<forked> waiters_of(semaphore& tokens, const page_of& page, std::uint32_t size) {
  std::list<forked> all;
  const std::uint32_t before = page.waiting();
  for (std::uint32_t i = 0; i < size; ++i) {
    all.emplace_back([&] { return tokens.try_acquire_for(support::patience()) ? 0 : 1; });
    REQUIRE(page.has_waiting(before + i + 1));
    REQUIRE(support::eventually([&] { return asleep(all.back()); }));
  }
  return all;
}

/// How many permits can be had, the last of them within the slice of one that must look around.
int left(semaphore& tokens) {
  int taken = 0;
  while (tokens.try_acquire_for(slice + 50ms)) ++taken;
  return taken;
}

}  // namespace

TEST_CASE("a waiter killed at any step takes no permit with it that it had not got",
          "[semaphore][SEM-02][SEM-07]") {
  for (const step where : {step::wait_entered, step::wait_before_sleep, step::wait_after_sleep,
                           step::wait_before_leave}) {
    INFO(name_of(where));
    auto tokens = semaphore::create({.initial = 0, .maximum = 10});
    const page_of page(tokens);
    forked victim([&] {
      signal_at(where, SIGKILL);
      return tokens.try_acquire_for(where == step::wait_before_leave ? 1ms : support::patience());
    });
    int released = 2;
    if (where == step::wait_after_sleep) {
      REQUIRE(page.has_waiting(1));
      REQUIRE(
          support::eventually([&] { return isthmus::detail::portable_engine || asleep(victim); }));
      CHECK(tokens.release() == 0);
      ++released;
    }
    REQUIRE(victim.ended() == 128 + SIGKILL);
    auto waiters = waiters_of(tokens, page, where == step::wait_after_sleep ? 0 : 1);
    CHECK(tokens.release(2) <= 1);
    for (auto& one : waiters) CHECK(one.ended(slice + slack()) == 0);
    CHECK(left(tokens) == released - static_cast<int>(waiters.size()));
    CHECK(page.granted() == 0);
  }
}

TEST_CASE("a chosen waiter killed on its way leaves its permit to the others within a slice",
          "[semaphore][SEM-06][SEM-07]") {
  auto tokens = semaphore::create({.initial = 0, .maximum = 10});
  const page_of page(tokens);
  forked victim([&] {
    signal_at(step::wait_after_sleep, SIGKILL);
    tokens.acquire();
    return 0;
  });
  REQUIRE(page.has_waiting(1));
  REQUIRE(support::eventually([&] { return isthmus::detail::portable_engine || asleep(victim); }));
  auto waiters = waiters_of(tokens, page, 2);
  CHECK(tokens.release(2) == 0);
  CHECK(victim.ended() == 128 + SIGKILL);
  for (auto& one : waiters) CHECK(one.ended(slice + slack()) == 0);
  CHECK_FALSE(tokens.try_acquire_for(slice));
}

TEST_CASE("a chosen waiter killed on its way keeps no permit from who only ever tests",
          "[semaphore][SEM-07][WAIT-01]") {
  auto tokens = semaphore::create({.initial = 0, .maximum = 10});
  const page_of page(tokens);
  forked victim([&] {
    signal_at(step::wait_after_sleep, SIGKILL);
    tokens.acquire();
    return 0;
  });
  REQUIRE(page.has_waiting(1));
  REQUIRE(support::eventually([&] { return isthmus::detail::portable_engine || asleep(victim); }));
  tokens.release();
  CHECK(victim.ended() == 128 + SIGKILL);
  CHECK(support::eventually([&] { return tokens.try_acquire(); }, slice + slack()));
  CHECK_FALSE(tokens.try_acquire());
}

TEST_CASE("a releaser killed before it wakes anybody has released all the same",
          "[semaphore][SEM-03][SEM-07]") {
  auto tokens = semaphore::create({.initial = 0, .maximum = 10});
  const page_of page(tokens);
  auto waiters = waiters_of(tokens, page, 2);
  CHECK(in_child([&] {
          signal_at(step::give_before_wake, SIGKILL);
          tokens.release(3);
          return 0;
        }) == 128 + SIGKILL);
  for (auto& one : waiters) CHECK(one.ended(slice + slack()) == 0);
  CHECK(left(tokens) == 1);
}

TEST_CASE("a releaser killed while it takes permits back from the dead loses none",
          "[semaphore][SEM-07]") {
  if (isthmus::detail::portable_engine)
    SKIP("a releaser of the portable engine cannot see who sleeps");
  auto tokens = semaphore::create({.initial = 0, .maximum = 10});
  CHECK(in_child([&] {
          signal_at(step::wait_before_sleep, SIGKILL);
          tokens.acquire();
          return 0;
        }) == 128 + SIGKILL);
  CHECK(in_child([&] {
          signal_at(step::give_before_take_back, SIGKILL);
          tokens.release(2);
          return 0;
        }) == 128 + SIGKILL);
  CHECK(left(tokens) == 2);
}

TEST_CASE("permits promised to three dead waiters are there when release returns",
          "[semaphore][SEM-03][SEM-07]") {
  if (isthmus::detail::portable_engine)
    SKIP("a releaser of the portable engine cannot see who sleeps");
  for (int round = 0; round < 10; ++round) {
    auto tokens = semaphore::create({.initial = 0, .maximum = 10});
    const page_of page(tokens);
    std::list<forked> dying = waiters_of(tokens, page, 3);
    for (auto& one : dying) one.kill();
    CHECK(page.waiting() == 3);
    CHECK(tokens.release(2) == 0);
    CHECK(page.count() == 2);
    CHECK(page.waiting() == 0);
    CHECK(tokens.release() == 2);
  }
}

TEST_CASE("a setter killed before it calls a wait for all has set the event",
          "[event][EVT-12][WAIT-07]") {
  auto ready = event::create();
  auto tokens = semaphore::create({.initial = 1, .maximum = 1});
  const page_of page(ready);
  forked waiter([&] {
    return isthmus::wait_all_for({ready, tokens}, support::patience()).status !=
           wait_status::signaled;
  });
  REQUIRE(page.has_all(1));
  REQUIRE(support::eventually([&] { return asleep(waiter); }));
  CHECK(in_child([&] {
          signal_at(step::call_before_wake, SIGKILL);
          ready.set();
          return 0;
        }) == 128 + SIGKILL);
  CHECK(waiter.ended(slice + slack()) == 0);
  CHECK_FALSE(tokens.try_acquire());
  CHECK(ready.wait_for(0ms) == wait_status::timeout);
}

TEST_CASE(
    "a wait for all killed in its sleep has taken nothing and delays one set by 50 ms at most",
    "[event][WAIT-07]") {
  auto ready = event::create();
  auto tokens = semaphore::create({.initial = 1, .maximum = 1});
  CHECK(in_child([&] {
          signal_at(step::all_before_sleep, SIGKILL);
          return isthmus::wait_all({ready, tokens}).status != wait_status::signaled;
        }) == 128 + SIGKILL);
  CHECK(support::time_of([&] { ready.set(); }) < 50ms + slack());
  CHECK(isthmus::wait_all_for({tokens, ready}, 0ms).status == wait_status::signaled);
}

TEST_CASE("a pulse whose giver is killed in it is nobody's who comes later, and a reset ends it",
          "[event][EVT-06][WAIT-07]") {
  auto gate = event::create({.mode = isthmus::reset_mode::manual});
  auto tokens = semaphore::create({.initial = 0, .maximum = 1});
  const page_of page(gate);
  forked waiter([&] {
    return isthmus::wait_all_for({gate, tokens}, support::patience()).status !=
           wait_status::signaled;
  });
  REQUIRE(page.has_all(1));
  CHECK(in_child([&] {
          signal_at(step::call_before_wake, SIGKILL);
          gate.pulse();
          return 0;
        }) == 128 + SIGKILL);
  tokens.release();
  CHECK(waiter.ended(slice + slack()) == 0);  // it had begun before the pulse
  tokens.release();
  CHECK(gate.wait_for(0ms) == wait_status::timeout);
  CHECK(isthmus::wait_all_for({gate, tokens}, 0ms).status == wait_status::timeout);
  gate.reset();
  CHECK((page.word() & isthmus::detail::latch::pulsed) == 0);
}
