// SPDX-License-Identifier: MIT
//
// Waits for all that stand in line with those who wait for one object alone, and pulses of an
// automatic event, where a process dies or is stopped.
#include "crowd.hpp"
#include "led.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "sleep.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <functional>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::mutex;
using isthmus::semaphore;
using isthmus::wait_status;

namespace {

/// Three objects of which the permit is missing, and for that somebody waits alone, if only one who
/// has died. So whoever waits for all stands in line.
struct missing_permit {
  semaphore tokens = semaphore::create({.initial = 0, .maximum = 5});
  event ready = event::create({.initially_set = true});
  mutex guard = mutex::create();
  page_of page{tokens};

  missing_permit() {
    CHECK(in_child([&] {
            signal_at(step::wait_before_sleep, SIGKILL);
            tokens.acquire();
            return 0;
          }) == 128 + SIGKILL);
    REQUIRE(page.waiting() == 1);
  }
  /// Stops when it stands there, and when it has taken all.
  void take() {
    {  // what happens once only is not looked at
      auto permit = semaphore::create({.initial = 1, .maximum = 1});
      auto other = mutex::create();
      (void)isthmus::wait_all_for({permit, other}, support::patience());
      (void)isthmus::wait_all_for({permit, other}, 1ms);
      other.unlock();
    }
    signal_at(step::all_before_sleep, SIGSTOP);
    (void)isthmus::wait_all_for({tokens, ready, guard}, support::patience());
    ::raise(SIGSTOP);
  }
  /// By one who dies before it wakes anybody, so that nobody takes the grant back for a while.
  void give() {
    CHECK(in_child([&] {
            signal_at(step::give_before_wake, SIGKILL);
            tokens.release();
            return 0;
          }) == 128 + SIGKILL);
  }
};

}  // namespace

TEST_CASE("a wait for all killed in line at any instruction has taken all or nothing",
          "[wait][WAIT-07][MTX-06]") {
  if (isthmus::detail::portable_engine) SKIP("this engine owns with records");
  if (!may_lead()) SKIP("this process may not trace another");
  int steps = 0;
  {
    missing_permit all;
    led victim([&] { all.take(); });
    REQUIRE(victim.stops());
    REQUIRE(all.page.waiting() == 2);
    all.give();
    while (victim.step()) ++steps;
    CHECK(all.page.waiting() == 1);
    CHECK(all.page.granted() == 0);
  }
  REQUIRE(steps > 100);
  int taken = 0;
  const int tried = at_each_of(steps, [&](int n) {
    CAPTURE(n);
    missing_permit all;
    led victim([&] { all.take(); });
    REQUIRE(victim.stops());
    all.give();
    for (int k = 0; k < n && victim.step(); ++k) {
    }
    victim.kill();
    const bool all_taken = all.guard.try_lock_for(support::patience()) && all.guard.abandoned();
    all.guard.unlock();
    CHECK((all.ready.wait_for(0ms) == wait_status::timeout) == all_taken);
    CHECK(all.tokens.try_acquire_for(all_taken ? slice + 50ms : support::patience()) != all_taken);
    CHECK((all.page.word() & isthmus::detail::counted::guard) == 0);
    if (all_taken) ++taken;
  });
  WARN("killed at " << tried << " of " << steps << " instructions, " << taken
                    << " times after the decision");
  CHECK(taken > 0);
  CHECK(taken < tried);
}

TEST_CASE("what a wait for all in line has reserved in vain goes to the next in line",
          "[wait][SEM-07][WAIT-07]") {
  if (isthmus::detail::portable_engine) SKIP("nobody sleeps in this engine");
  missing_permit all;
  forked one([&] {
    signal_at(step::all_one_reserved, SIGSTOP);
    return isthmus::wait_all_for({all.tokens, all.ready}, 300ms).status != wait_status::timeout;
  });
  REQUIRE(all.page.has_waiting(2));
  REQUIRE(support::eventually([&] { return asleep(one); }));
  forked alone([&] { return all.tokens.try_acquire_for(support::patience()) ? 0 : 1; });
  REQUIRE(all.page.has_waiting(3));
  all.tokens.release();
  REQUIRE(one.stopped(slice + slack()));  // the first in line is woken
  CHECK(all.page.count() == 1);
  CHECK(all.ready.wait_for(0ms) == wait_status::signaled);  // it was not reserved yet
  one.signal(SIGCONT);
  CHECK(support::eventually([&] { return all.page.count() == 0; }, 100ms));
  CHECK(alone.ended(slice + slack()) == 0);
  CHECK(one.ended() == 0);
  CHECK_FALSE(all.tokens.try_acquire_for(slice));
}

TEST_CASE("a permit that a dead wait for all has reserved goes to those who are asleep in line",
          "[wait][SEM-07][WAIT-07]") {
  if (isthmus::detail::portable_engine)
    SKIP("nobody sleeps in this engine, so nobody is the first");
  for (const step where : {step::all_one_reserved, step::all_before_decision}) {
    INFO(name_of(where));
    missing_permit all;
    forked victim([&] {
      signal_at(where, SIGKILL);
      (void)isthmus::wait_all_for({all.tokens, all.ready}, support::patience());
      return 0;
    });
    REQUIRE(all.page.has_waiting(2));
    REQUIRE(
        support::eventually([&] { return isthmus::detail::portable_engine || asleep(victim); }));
    forked alone([&] { return all.tokens.try_acquire_for(support::patience()) ? 0 : 1; });
    REQUIRE(all.page.has_waiting(3));
    REQUIRE(support::eventually([&] { return asleep(alone); }));
    all.tokens.release();
    CHECK(victim.ended() == 128 + SIGKILL);
    CHECK(alone.ended(slice + slack()) == 0);  // nobody else comes
    CHECK(all.page.count() == 0);
  }
}

TEST_CASE("a permit that is reserved in line is in nobody's way who releases",
          "[semaphore][SEM-04][WAIT-07]") {
  auto tokens = semaphore::create({.initial = 0, .maximum = 1});
  auto ready = event::create({.initially_set = true});
  const page_of page(tokens);
  forked alone([&] { return tokens.try_acquire_for(support::patience()) ? 0 : 1; });
  REQUIRE(page.has_waiting(1));
  forked all([&] {
    signal_at(step::all_before_decision, SIGSTOP);
    return isthmus::wait_all_for({tokens, ready}, support::patience()).status !=
           wait_status::signaled;
  });
  REQUIRE(page.has_waiting(2));
  tokens.release();
  if (alone.ended(slice) == 0) tokens.release();  // it was the first in line
  REQUIRE(all.stopped(slice + slack()));
  std::error_code ec;
  CHECK(tokens.release(1, ec) == 0);
  CHECK_FALSE(ec);
  all.signal(SIGCONT);
  CHECK(all.ended() == 0);
  if (alone.ended(slice) != 0) {
    tokens.release();
    CHECK(alone.ended(slice + slack()) == 0);
  }
}

TEST_CASE("an event that is set while its grant is reserved in line stays set",
          "[event][EVT-02][WAIT-07]") {
  auto call = event::create();
  auto ready = event::create({.initially_set = true});
  const page_of page(call);
  CHECK(in_child([&] {  // somebody to stand in line with
          signal_at(step::wait_before_sleep, SIGKILL);
          (void)call.wait_for(support::patience());
          return 0;
        }) == 128 + SIGKILL);
  forked all([&] {
    signal_at(step::all_before_decision, SIGSTOP);
    return isthmus::wait_all_for({call, ready}, support::patience()).status !=
           wait_status::signaled;
  });
  REQUIRE(page.has_waiting(2));
  REQUIRE(support::eventually([&] { return isthmus::detail::portable_engine || asleep(all); }));
  call.set();
  REQUIRE(all.stopped(slice + slack()));
  call.set();  // the dead one's registration may have it for a while
  all.signal(SIGCONT);
  CHECK(all.ended() == 0);
  CHECK(call.wait_for(slice + slack()) == wait_status::signaled);
}

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
