// SPDX-License-Identifier: MIT
//
// signal_and_wait: whoever calls it counts as waiting before the signal is given, at whatever step
// it is held up, and leaves nothing behind at whatever step it dies.
#include "crowd.hpp"
#include "forked.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "support/crowd.hpp"
#include "support/mutexes.hpp"
#include "support/threads.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <list>
#include <system_error>

using namespace white;
using namespace std::chrono_literals;
using isthmus::errc;
using isthmus::event;
using isthmus::mutex;
using isthmus::reset_mode;
using isthmus::semaphore;
using isthmus::signal_and_wait_for;
using isthmus::timer;
using isthmus::wait_status;
using support::ready_now;

namespace {

/// An object that answers, and how it does.
struct answering {
  isthmus::waitable& object;
  std::function<void()> give;
};

/// Calls `play` with one object of each kind of which one waiter at a time has an answer.
void for_each_answer(const std::function<void(const answering&)>& play) {
  auto ready = event::create();
  play({ready, [&] { ready.set(); }});
  auto permits = semaphore::create({.initial = 0, .maximum = 5});
  play({permits, [&] { permits.release(); }});
  auto alarm = timer::create();
  play({alarm, [&] { alarm.arm(0s); }});
}

/// In a waiter: it calls, and is answered.
bool answered(isthmus::waitable& call, isthmus::waitable& answer) {
  return signal_and_wait_for(call, answer, support::patience()) == wait_status::signaled;
}

/// Whether it sleeps. The portable engine looks again and again.
bool settled(const forked& waiter) { return isthmus::detail::portable_engine || asleep(waiter); }

/// No registration is left.
bool left_alone(const isthmus::waitable& object) {
  const page_of page(object);
  return page.waiting() == 0 && page.granted() == 0 &&
         std::all_of(page->firm.begin(), page->firm.end(),
                     [](const auto& place) { return place.load() == 0; });
}

/// Whether somebody who comes now, looks several times and waits a little gets it.
bool stolen(isthmus::waitable& object) {
  for (int i = 0; i < 3; ++i)
    if (ready_now(object)) return true;
  return object.wait_for(200ms) == wait_status::signaled;
}

}  // namespace

TEST_CASE("an answer is for whoever signalled and waits, though held up before its sleep",
          "[wait][WAIT-17][WAIT-20]") {
  for (const step where : {step::signal_before, step::signal_given, step::wait_before_sleep}) {
    CAPTURE(name_of(where));
    for_each_answer([&](const answering& answer) {
      auto call = event::create();
      shared<std::array<std::atomic<bool>, 2>> flags;
      forked waiter([&] {
        pause_at(where, (*flags)[0], (*flags)[1]);
        return answered(call, answer.object) ? 0 : 1;
      });
      REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
      CHECK(ready_now(call) == (where != step::signal_before));
      answer.give();
      CHECK_FALSE(stolen(answer.object));
      (*flags)[1] = true;
      CHECK(waiter.ended() == 0);
      CHECK_FALSE(ready_now(answer.object));
      CHECK(left_alone(answer.object));
    });
  }
}

TEST_CASE("an answer is for whoever signalled and waits, though stopped in its sleep",
          "[wait][WAIT-17][WAIT-20]") {
  for_each_answer([&](const answering& answer) {
    auto guard = mutex::create();
    const page_of page(answer.object);
    forked waiter([&] {
      guard.lock();
      return answered(guard, answer.object) ? 0 : 1;
    });
    REQUIRE(page.has_waiting(1));
    REQUIRE(support::eventually([&] { return settled(waiter); }));
    waiter.signal(SIGSTOP);
    REQUIRE(waiter.stopped());
    answer.give();
    CHECK_FALSE(stolen(answer.object));
    waiter.signal(SIGCONT);
    CHECK(waiter.ended() == 0);
    CHECK(left_alone(answer.object));
  });
}

TEST_CASE("a pulse answers whoever signalled and is held up, and leaves the event unset",
          "[wait][event][WAIT-17][EVT-06]") {
  for (const auto mode : {reset_mode::automatic, reset_mode::manual}) {
    auto call = event::create();
    auto answer = event::create({.mode = mode});
    shared<std::array<std::atomic<bool>, 2>> flags;
    forked waiter([&] {
      pause_at(step::signal_given, (*flags)[0], (*flags)[1]);
      return answered(call, answer) ? 0 : 1;
    });
    REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
    answer.pulse();
    CHECK_FALSE(stolen(answer));
    (*flags)[1] = true;
    CHECK(waiter.ended() == 0);
    CHECK_FALSE(ready_now(answer));
  }
}

TEST_CASE("one that is killed while it signals and waits leaves every answer to others",
          "[wait][WAIT-17]") {
  for (const step where : {step::signal_before, step::signal_given, step::wait_before_sleep}) {
    CAPTURE(name_of(where));
    for_each_answer([&](const answering& answer) {
      auto guard = mutex::create();
      CHECK(in_child([&] {
              guard.lock();
              signal_at(where, SIGKILL);
              return signal_and_wait_for(guard, answer.object, support::patience()) ==
                     wait_status::failed;
            }) == 128 + SIGKILL);
      CHECK(guard.lock() ==
            (where == step::signal_before ? wait_status::abandoned : wait_status::signaled));
      guard.unlock();
      answer.give();
      CHECK(ready_now(answer.object));
      CHECK_FALSE(ready_now(answer.object));
      CHECK(left_alone(answer.object));
    });
  }
}

TEST_CASE("one that is killed in its sleep after it has signalled leaves the answer to others",
          "[wait][WAIT-17]") {
  for_each_answer([&](const answering& answer) {
    auto call = event::create();
    const page_of page(answer.object);
    std::list<forked> waiters;
    for (int i = 0; i < 2; ++i)
      waiters.emplace_back([&] { return answered(call, answer.object) ? 0 : 1; });
    REQUIRE(page.has_waiting(2));
    for (auto& one : waiters) REQUIRE(support::eventually([&] { return settled(one); }));
    waiters.front().kill();
    answer.give();
    CHECK(waiters.back().ended() == 0);
    answer.give();
    CHECK(ready_now(answer.object));
    CHECK(left_alone(answer.object));
  });
}

namespace {

semaphore* to_fill = nullptr;

/// Somebody else releases the last permit while we are about to.
void fill(step where) {
  if (where != step::signal_before) return;
  isthmus::seam::hook = nullptr;
  to_fill->release();
}

}  // namespace

TEST_CASE("where the signal fails, nothing is taken and nobody waits", "[wait][WAIT-17][SEM-04]") {
  for (const bool ready : {false, true}) {
    for_each_answer([&](const answering& answer) {
      auto full = semaphore::create({.initial = 0, .maximum = 1});
      if (ready) answer.give();
      CHECK(in_child([&] {
              to_fill = &full;
              isthmus::seam::hook = fill;
              std::error_code ec;
              const auto status =
                  isthmus::signal_and_wait_for(full, answer.object, support::patience(), ec);
              return status == wait_status::failed && ec == errc::limit_exceeded ? 0 : 1;
            }) == 0);
      CHECK(left_alone(answer.object));
      CHECK(ready_now(answer.object) == ready);
    });
  }
}

TEST_CASE("more processes than have places signal and wait, and all are answered",
          "[wait][WAIT-17]") {
  auto call = semaphore::create({.initial = 0, .maximum = 100});
  auto answer = semaphore::create({.initial = 0, .maximum = 100});
  const page_of page(answer);
  std::list<forked> waiters;
  for (int i = 0; i < 10; ++i) waiters.emplace_back([&] { return answered(call, answer) ? 0 : 1; });
  REQUIRE(page.has_waiting(10));
  for (auto& one : waiters) REQUIRE(support::eventually([&] { return settled(one); }));
  waiters.front().kill();
  waiters.pop_front();
  CHECK(answer.release(9) == 0);
  int served = 0;
  for (auto& one : waiters) served += one.ended() == 0 ? 1 : 0;
  CHECK(served == 9);
  CHECK(call.release() == 10);
  // What the dead one had registered for is found to be nobody's.
  answer.release();
  CHECK(answer.try_acquire());
  CHECK(left_alone(answer));
}

TEST_CASE("a fork's child signals and waits though its parent's thread does",
          "[wait][fork][WAIT-17]") {
  auto call = event::create();
  auto answer = event::create();
  support::worker thread;
  auto status =
      thread.start([&] { return signal_and_wait_for(call, answer, support::patience()); });
  REQUIRE(call.wait_for(support::patience()) == wait_status::signaled);
  forked child([&] {
    // It answers the parent, and is answered in turn.
    answer.set();
    if (ready_now(answer)) return 1;
    return answered(call, answer) ? 0 : 2;
  });
  REQUIRE(support::ready(status));
  CHECK(status.get() == wait_status::signaled);
  REQUIRE(call.wait_for(support::patience()) == wait_status::signaled);
  answer.set();
  CHECK(child.ended() == 0);
  CHECK(left_alone(answer));
}

namespace {

event* the_answer = nullptr;

/// A clock that can be set. When a wait asks it, it sets the event that the wait is for, and tries
/// to take it.
struct thieving_clock {
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<thieving_clock>;
  static constexpr bool is_steady = false;
  static inline int asked = 0;
  static inline bool stole = false;

  static time_point now() {
    if (++asked == 2) {
      the_answer->set();
      stole = ready_now(*the_answer);
    }
    return time_point(duration(asked));
  }
};

}  // namespace

TEST_CASE("an answer is not missed while a wait looks at a clock that can be set",
          "[wait][WAIT-17][WAIT-20]") {
  auto call = event::create();
  auto answer = event::create();
  the_answer = &answer;
  const auto status = isthmus::signal_and_wait_until(
      call, answer, thieving_clock::time_point(std::chrono::milliseconds(support::patience())));
  CHECK(status == wait_status::signaled);
  CHECK(thieving_clock::asked == 2);
  CHECK_FALSE(thieving_clock::stole);
}
