// SPDX-License-Identifier: MIT
//
// Events that are set while a wait for all is in the middle of taking them.
#include "crowd.hpp"
#include "seams.hpp"
#include "states.hpp"

#include <isthmus/event.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::semaphore;
using isthmus::wait_status;

namespace {

bool reserved(const page_of& page) { return (page.word() & isthmus::detail::counted::guard) != 0; }

/// A wait for all of two, which takes a set event first or last, as their identities will have it;
/// those may be random, or in the order of creation.
struct pair_of_objects {
  explicit pair_of_objects(int round) {
    if (round % 2 != 0) tokens = semaphore::create({.initial = 1, .maximum = 5});
  }

  semaphore tokens = semaphore::create({.initial = 1, .maximum = 5});
  event ready = event::create({.initially_set = true});

  forked stopped_at(step where) {
    forked process([&, where] {
      signal_at(where, SIGSTOP);
      return isthmus::wait_all({tokens, ready}).status != wait_status::signaled;
    });
    REQUIRE(process.stopped());
    return process;
  }
};

}  // namespace

TEST_CASE("an event set when another object of a wait for all was seen taken stays set",
          "[wait][EVT-02][WAIT-07]") {
  int shown = 0;
  for (int round = 0; round < 100 && shown < 4; ++round) {
    pair_of_objects two(round);
    forked waiter = two.stopped_at(step::all_one_taken);
    if (!reserved(page_of(two.ready))) {  // the event was first
      waiter.signal(SIGCONT);
      REQUIRE(waiter.ended() == 0);
      continue;
    }
    CHECK_FALSE(two.tokens.try_acquire());
    two.ready.set();
    if (++shown % 2 == 0) {
      waiter.signal(SIGCONT);
      CHECK(waiter.ended() == 0);
    } else {
      waiter.kill();
    }
    CHECK(two.ready.wait_for(0ms) == wait_status::signaled);
    CHECK(two.ready.wait_for(0ms) == wait_status::timeout);
  }
  CHECK(shown == 4);
}

TEST_CASE("an event set again before the other object of a wait for all was there is set once",
          "[wait][EVT-03][WAIT-07]") {
  int shown = 0;
  for (int round = 0; round < 100 && shown < 4; ++round) {
    pair_of_objects two(round);
    forked waiter = two.stopped_at(step::all_one_reserved);
    if (!reserved(page_of(two.ready))) {  // the semaphore was first
      waiter.signal(SIGCONT);
      REQUIRE(waiter.ended() == 0);
      continue;
    }
    two.ready.set();
    CHECK(two.tokens.try_acquire());
    CHECK(two.tokens.release() == 0);
    if (++shown % 2 == 0) {
      waiter.signal(SIGCONT);
      CHECK(waiter.ended() == 0);
    } else {
      waiter.kill();
      CHECK(two.ready.wait_for(0ms) == wait_status::signaled);
    }
    CHECK(two.ready.wait_for(0ms) == wait_status::timeout);
  }
  CHECK(shown == 4);
}
