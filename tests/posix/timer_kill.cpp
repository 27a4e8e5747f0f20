// SPDX-License-Identifier: MIT
//
// Processes that die or stop in the middle of arming a timer, or of its expiry.
#include "crowd.hpp"
#include "seams.hpp"
#include "states.hpp"

#include <isthmus/error.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <system_error>

using namespace white;
using namespace std::chrono_literals;
using isthmus::reset_mode;
using isthmus::semaphore;
using isthmus::timer;
using isthmus::wait_status;

namespace {

int killed_while_arming(timer& clock, step where, std::chrono::milliseconds due) {
  return in_child([&] {
    signal_at(where, SIGKILL);
    clock.arm(due);
    return 0;
  });
}

constexpr reset_mode modes[] = {reset_mode::automatic, reset_mode::manual};

}  // namespace

TEST_CASE("a timer fires although the process that armed it has ended", "[timer][TMR-12][TMR-18]") {
  for (const reset_mode mode : modes) {
    auto clock = timer::create({.mode = mode});
    CHECK(in_child([&] {
            clock.arm(50ms);
            return 0;
          }) == 0);
    CHECK(clock.wait_for(50ms + slack()) == wait_status::signaled);
  }
}

TEST_CASE("a process killed before its schedule is in force leaves the former one",
          "[timer][TMR-05][TMR-17]") {
  for (const reset_mode mode : modes) {
    auto clock = timer::create({.mode = mode});
    CHECK(killed_while_arming(clock, step::arm_schedule_written, 20ms) == 128 + SIGKILL);
    CHECK(clock.wait_for(100ms) == wait_status::timeout);
    clock.arm(150ms);
    CHECK(killed_while_arming(clock, step::arm_schedule_written, 1h) == 128 + SIGKILL);
    CHECK(clock.wait_for(150ms + slack()) == wait_status::signaled);
    clock.arm(20ms);
    CHECK(clock.wait_for(20ms + slack()) == wait_status::signaled);
    clock.cancel();
  }
}

TEST_CASE("a process killed before it tells of its schedule has armed the timer",
          "[timer][TMR-05][TMR-12]") {
  for (const reset_mode mode : modes) {
    auto clock = timer::create({.mode = mode});
    clock.arm(1h);
    forked waiter([&] { return clock.wait_for(support::patience()) != wait_status::signaled; });
    REQUIRE(support::eventually([&] { return asleep(waiter); }));
    CHECK(killed_while_arming(clock, step::arm_switched, 20ms) == 128 + SIGKILL);
    CHECK(waiter.ended(20ms + slice + slack()) == 0);
    clock.arm(20ms);
    CHECK(clock.wait_for(20ms + slack()) == wait_status::signaled);
  }
}

TEST_CASE("who notices an expiry and is killed has given the signal to those who wait",
          "[timer][TMR-03][TMR-04]") {
  for (const reset_mode mode : modes) {
    auto clock = timer::create({.mode = mode});
    clock.arm(100ms);
    forked noticing([&] {
      signal_at(step::expiry_before_wake, SIGKILL);
      return clock.wait_for(support::patience()) != wait_status::signaled;
    });
    CHECK(noticing.ended() == 128 + SIGKILL);
    CHECK(clock.wait_for(slice + slack()) == wait_status::signaled);
    const auto again = mode == reset_mode::manual ? wait_status::signaled : wait_status::timeout;
    CHECK(clock.wait_for(0ms) == again);
  }
}

TEST_CASE("a waiter for an automatic timer that is killed at its expiry leaves it to another",
          "[timer][TMR-04]") {
  auto clock = timer::create();
  const page_of page(clock);
  forked victim([&] {
    signal_at(step::expiry_before_wake, SIGKILL);
    return clock.wait_for(support::patience()) != wait_status::signaled;
  });
  REQUIRE(page.has_waiting(1));
  forked other([&] { return clock.wait_for(support::patience()) != wait_status::signaled; });
  REQUIRE(page.has_waiting(2));
  other.signal(SIGSTOP);  // or it may be the first to notice
  REQUIRE(other.stopped());
  clock.arm(50ms);
  CHECK(victim.ended() == 128 + SIGKILL);
  other.signal(SIGCONT);
  CHECK(other.ended(slice + slack()) == 0);
  CHECK(clock.wait_for(0ms) == wait_status::timeout);
}

TEST_CASE("a process stopped while it arms a timer keeps others from arming, not from waiting",
          "[timer][TMR-17][WAIT-01]") {
  for (const step where : {step::arm_schedule_written, step::arm_switched}) {
    INFO(name_of(where));
    auto clock = timer::create();
    auto tokens = semaphore::create({.initial = 1, .maximum = 1});
    clock.arm(1h);
    forked stopped([&] {
      signal_at(where, SIGSTOP);
      clock.arm(2h);
      return 0;
    });
    REQUIRE(stopped.stopped());
    std::error_code ec;
    auto time = support::time_of([&] { clock.arm(20ms, 0ms, ec); });
    CHECK(ec == isthmus::errc::busy);
    CHECK(time >= 150ms);
    CHECK(time < 200ms + slack());
    clock.cancel(ec);
    CHECK(ec == isthmus::errc::busy);
    time = support::time_of([&] { CHECK(clock.wait_for(100ms) == wait_status::timeout); });
    CHECK(time < 150ms + slack());
    time = support::time_of([&] {
      CHECK(isthmus::wait_all_for({clock, tokens}, 100ms).status == wait_status::timeout);
    });
    CHECK(time < 150ms + slack());
    stopped.signal(SIGCONT);
    CHECK(stopped.ended() == 0);
    clock.arm(20ms);
    CHECK(isthmus::wait_all_for({clock, tokens}, 20ms + slack()).status == wait_status::signaled);
  }
}
