// SPDX-License-Identifier: MIT
//
// Waits for all that stand in line with those who wait for one object alone, where a process dies
// or is stopped.
#include "crowd.hpp"
#include "led.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "posix/system/sleep.hpp"

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

constexpr const char* no_order = "nobody sleeps in this engine, so nobody is the first";

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

namespace {

/// One who waits for all and comes to a signal when it has reserved, and one behind it in line, who
/// waits alone; both asleep. One permit is given.
struct two_in_line {
  missing_permit all;
  forked first;
  forked alone;

  /// `limit`: the first one's.
  two_in_line(step where, int signal, support::time_limit limit)
      : first([this, where, signal, limit] {
          signal_at(where, signal);
          const auto got = isthmus::wait_all_for({all.tokens, all.ready}, limit);
          return got.status != wait_status::timeout ? 1 : 0;
        }),
        alone([this] {
          await([this] { return all.page.waiting() == 2; });
          return all.tokens.try_acquire_for(support::patience()) ? 0 : 1;
        }) {}
  /// Whether both came to stand there in time.
  [[nodiscard]] bool stand() const {
    return support::eventually(
        [&] { return all.page.waiting() == 3 && asleep(first) && asleep(alone); }, slack());
  }
  /// Who sleeps is woken in the order of coming, but comes anew each 250 ms.
  [[nodiscard]] bool first_has_it() const {
    return support::eventually(
        [&] { return (all.page.word() & isthmus::detail::counted::guard) != 0; }, slice);
  }
};

/// Such two, of whom the first has reserved the permit.
void with_two_in_line(step where, int signal, support::time_limit limit,
                      const std::function<void(two_in_line&)>& look) {
  for (int tries = 1; tries <= 20; ++tries) {
    two_in_line both(where, signal, tries * limit);  // a busy machine needs longer
    if (!both.stand()) continue;
    both.all.tokens.release();
    if (both.first_has_it()) return look(both);
  }
  FAIL("the first in line is never woken first");
}

}  // namespace

TEST_CASE("what a wait for all in line has reserved in vain goes to the next in line",
          "[wait][SEM-07][WAIT-07]") {
  if (isthmus::detail::portable_engine) SKIP(no_order);
  with_two_in_line(step::all_one_reserved, SIGSTOP, 300ms, [](two_in_line& both) {
    REQUIRE(both.first.stopped());
    CHECK(both.all.page.count() == 1);
    CHECK(both.all.ready.wait_for(0ms) == wait_status::signaled);  // it was not reserved yet
    both.first.signal(SIGCONT);
    CHECK(support::eventually([&] { return both.all.page.count() == 0; }, 100ms));
    CHECK(both.alone.ended(slice + slack()) == 0);
    CHECK(both.first.ended() == 0);
    CHECK_FALSE(both.all.tokens.try_acquire_for(slice));
  });
}

TEST_CASE("a permit that a dead wait for all has reserved goes to those who are asleep in line",
          "[wait][SEM-07][WAIT-07]") {
  if (isthmus::detail::portable_engine) SKIP(no_order);
  for (const step where : {step::all_one_reserved, step::all_before_decision}) {
    INFO(name_of(where));
    with_two_in_line(where, SIGKILL, support::patience(), [](two_in_line& both) {
      CHECK(both.first.ended() == 128 + SIGKILL);
      CHECK(both.alone.ended(slice + slack()) == 0);  // nobody else comes
      CHECK(both.all.page.count() == 0);
    });
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
  auto leave = event::create();
  const page_of page(call);
  forked alone([&] {  // somebody to stand in line with, until the other stands there
    return isthmus::wait_any_for({leave, call}, support::patience()).index == 0 ? 0 : 1;
  });
  REQUIRE(page.has_waiting(1));
  forked all([&] {
    signal_at(step::all_one_reserved, SIGSTOP);
    return isthmus::wait_all_for({call, ready}, support::patience()).status !=
           wait_status::signaled;
  });
  REQUIRE(page.has_waiting(2));
  leave.set();
  REQUIRE(alone.ended() == 0);
  call.set();
  REQUIRE(all.stopped(slice + slack()));
  REQUIRE(page.waiting() == 0);
  call.set();
  all.signal(SIGCONT);
  CHECK(all.ended() == 0);
  CHECK(call.wait_for(0ms) == wait_status::signaled);
  CHECK(call.wait_for(0ms) == wait_status::timeout);
}
