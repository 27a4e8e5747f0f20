// SPDX-License-Identifier: MIT
//
// Pulses of an automatic event for which waits for all sleep, where a process dies or is stopped.
#include "crowd.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "posix/system/sleep.hpp"

#include <isthmus/event.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::semaphore;
using isthmus::wait_status;

TEST_CASE("a pulse of an automatic event is nobody's who comes while others look, or later",
          "[event][EVT-06][WAIT-07]") {
  auto call = event::create();
  auto tokens = semaphore::create({.initial = 1, .maximum = 1});
  const page_of page(call);
  const auto waits = [&] { return isthmus::wait_all_for({call, tokens}, support::patience()); };
  forked first([&] { return waits().status != wait_status::signaled; });
  REQUIRE(page.has_all(1));
  REQUIRE(support::eventually([&] { return asleep(first); }));
  first.signal(SIGSTOP);
  REQUIRE(first.stopped());
  forked giver([&] { return call.pulse(), 0; });
  REQUIRE(support::eventually(
      [&] { return (page.word() & isthmus::detail::counted::pulse_for_all) != 0; }));
  CHECK(call.wait_for(5ms) == wait_status::timeout);
  CHECK(isthmus::wait_all_for({call, tokens}, 5ms).status == wait_status::timeout);
  CHECK(giver.ended(50ms + slack()) == 0);
  CHECK((page.word() & isthmus::detail::counted::pulse_for_all) == 0);
  CHECK(isthmus::wait_all_for({call, tokens}, 0ms).status == wait_status::timeout);
  first.signal(SIGCONT);
  call.set();
  CHECK(first.ended(slice + slack()) == 0);
}

TEST_CASE("a pulse of an automatic event whose giver is killed in it leaves the event unset",
          "[event][EVT-06][WAIT-07]") {
  auto call = event::create();
  auto tokens = semaphore::create({.initial = 2, .maximum = 2});
  const page_of page(call);
  forked waiter([&] {
    return isthmus::wait_all_for({call, tokens}, support::patience()).status !=
           wait_status::signaled;
  });
  REQUIRE(page.has_all(1));
  CHECK(in_child([&] {
          signal_at(step::call_before_wake, SIGKILL);
          call.pulse();
          return 0;
        }) == 128 + SIGKILL);
  CHECK(call.wait_for(0ms) == wait_status::timeout);
  CHECK(isthmus::wait_all_for({call, tokens}, 0ms).status == wait_status::timeout);
  waiter.kill();
  // Two who come to sleep now are called both, and one set is for one.
  const auto later = [&] {
    return isthmus::wait_all_for({call, tokens}, 500ms).status == wait_status::signaled ? 1 : 0;
  };
  forked first(later);
  forked second(later);
  REQUIRE(page.has_all(2));
  call.set();
  CHECK(first.ended().value_or(-9) + second.ended().value_or(-9) == 1);
  call.reset();
  CHECK(page.word() >> 32 == 0);
}

// Killed when a pulse is reserved, and nothing is decided: then it is nobody's.
TEST_CASE("a wait for all killed with a pulse in hand leaves the event unset",
          "[event][EVT-06][WAIT-07]") {
  auto call = event::create();
  auto tokens = semaphore::create({.initial = 1, .maximum = 1});
  const page_of page(call);
  forked victim([&] {
    signal_at(step::all_before_decision, SIGKILL);
    (void)isthmus::wait_all_for({call, tokens}, support::patience());
    return 0;
  });
  REQUIRE(page.has_all(1));
  REQUIRE(support::eventually([&] { return asleep(victim); }));
  call.pulse();
  CHECK(victim.ended() == 128 + SIGKILL);
  CHECK(call.wait_for(0ms) == wait_status::timeout);
  CHECK(tokens.try_acquire_for(support::patience()));
  CHECK(page.word() >> 32 == 0);
}
