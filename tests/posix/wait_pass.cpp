// SPDX-License-Identifier: MIT
//
// A wake that ends with somebody who has no use for it is passed on. Random stress does not find
// it when that is forgotten, so the woken one is held at a step until something else serves it.
#include "crowd.hpp"
#include "seams.hpp"
#include "states.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <functional>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::mutex;
using isthmus::semaphore;
using isthmus::wait_status;

namespace {

/// An object that somebody waits for, and how it is given.
struct scene {
  isthmus::waitable& object;
  std::function<void()> give;
  std::function<bool(std::uint32_t)> has_waiting;
};

/// The first of two waiters for the object is woken for it, and takes another object. How long the
/// second one waits from then on.
support::clock::duration time_of_second(const scene& play) {
  auto other = event::create();
  shared<std::array<std::atomic<bool>, 2>> flags;
  forked first([&] {
    pause_at(step::wait_after_sleep, (*flags)[0], (*flags)[1]);
    const auto got = isthmus::wait_any_for({other, play.object}, support::patience());
    return got == isthmus::wait_result{wait_status::signaled, 0} ? 0 : 1;
  });
  REQUIRE(play.has_waiting(1));
  REQUIRE(support::eventually([&] { return asleep(first); }));
  forked second(
      [&] { return play.object.wait_for(support::patience()) == wait_status::signaled ? 0 : 1; });
  REQUIRE(play.has_waiting(2));
  REQUIRE(support::eventually([&] { return asleep(second); }));
  play.give();
  REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
  other.set();
  return support::time_of([&] {
    (*flags)[1] = true;
    CHECK(first.ended() == 0);
    CHECK(second.ended() == 0);
  });
}

/// The best of some rounds; without the passing on it is the rest of a slice in each.
template <class Round>
support::clock::duration fastest_of(Round round) {
  auto fastest = support::clock::duration::max();
  for (int i = 0; i < 6; ++i) fastest = std::min<support::clock::duration>(fastest, round());
  return fastest;
}

constexpr auto well_below_a_slice = 80ms;

}  // namespace

TEST_CASE("a semaphore's waiter that takes another object passes its wake on",
          "[semaphore][SEM-02][WAIT-03]") {
  CHECK(fastest_of([] {
          auto tokens = semaphore::create({.initial = 0, .maximum = 5});
          const page_of page(tokens);
          const auto time =
              time_of_second({tokens, [&] { tokens.release(); },
                              [&](std::uint32_t number) { return page.has_waiting(number); }});
          CHECK_FALSE(tokens.try_acquire());
          return time;
        }) < well_below_a_slice);
}

TEST_CASE("an event's waiter that takes another object passes its wake on",
          "[event][EVT-02][WAIT-03]") {
  CHECK(fastest_of([] {
          auto ready = event::create();
          const page_of page(ready);
          const auto time =
              time_of_second({ready, [&] { ready.set(); },
                              [&](std::uint32_t number) { return page.has_waiting(number); }});
          CHECK(ready.wait_for(0ms) == wait_status::timeout);
          return time;
        }) < well_below_a_slice);
}

TEST_CASE("a mutex's waiter that takes another object passes its wake on",
          "[mutex][MTX-13][WAIT-03]") {
  using isthmus::detail::mutex_word::waiters;
  CHECK(fastest_of([] {
          auto guard = mutex::create();
          const page_of page(guard);
          guard.lock();
          return time_of_second({guard, [&] { guard.unlock(); },
                                 [&](std::uint32_t) {
                                   return support::eventually(
                                       [&] { return (page.word() & waiters) != 0; });
                                 }});
        }) < well_below_a_slice);
}

TEST_CASE("a mutex's waiter that takes another object leaves word that others wait",
          "[mutex][MTX-13][WAIT-03]") {
  CHECK(fastest_of([] {
          auto guard = mutex::create();
          auto other = event::create();
          shared<std::array<std::atomic<bool>, 2>> flags;
          guard.lock();
          forked first([&] {
            pause_at(step::wait_after_sleep, (*flags)[0], (*flags)[1]);
            return static_cast<int>(isthmus::wait_any({other, guard}).index);
          });
          REQUIRE(page_of(other).has_waiting(1));
          REQUIRE(support::eventually([&] { return asleep(first); }));
          forked second([&] { return guard.try_lock_for(support::patience()) ? 0 : 1; });
          REQUIRE(support::eventually([&] { return asleep(second); }));
          guard.unlock();                      // wakes the first, which does not run yet
          const bool ours = guard.try_lock();  // else the second has looked by chance just now
          REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
          other.set();
          (*flags)[1] = true;
          CHECK(first.ended() == 0);
          if (!ours) {
            CHECK(second.ended() == 0);
            return support::clock::duration::max();
          }
          return support::time_of([&] {
            guard.unlock();
            CHECK(second.ended() == 0);
          });
        }) < well_below_a_slice);
}
