// SPDX-License-Identifier: MIT
//
// Events that are set while a wait for all is in the middle of taking them.
#include "crowd.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "support/limits.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <thread>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::mutex;
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

namespace {

/// An owner that locks a mutex while a wait for all is in the middle of reserving.
struct intruder {
  mutex* guard = nullptr;
  std::thread thread;
  std::atomic<bool> owns = false;
  std::atomic<bool> may_go = false;

  void lock_now() {
    thread = std::thread([this] {
      if (!guard->try_lock()) return;
      owns = true;
      await([&] { return may_go.load(); });
      guard->unlock();
    });
    await([&] { return owns.load(); });
  }
};
intruder* invited = nullptr;

}  // namespace

TEST_CASE("a wait for all lets go of what it has reserved while another owns what it lacks",
          "[wait][WAIT-07][MTX-01]") {
  for (const bool by_door : {false, true}) {
    CAPTURE(by_door);
    auto tokens = semaphore::create({.initial = 0, .maximum = 1});
    auto guard = mutex::create();  // made later, so reserved later
    page_of(guard).line().several_spaces = by_door ? 1 : 0;
    intruder other;
    other.guard = &guard;
    invited = &other;
    isthmus::seam::hook = [](step where) {
      if (where == step::all_one_reserved && !invited->thread.joinable()) invited->lock_now();
    };
    wait_status got = wait_status::timeout;
    std::thread waiter([&] {
      got = isthmus::wait_all_for({tokens, guard}, support::patience()).status;
    });
    CHECK(page_of(tokens).has_all(1));  // not at its first look, which has no patience
    tokens.release();
    CHECK(support::eventually([&] { return other.owns.load(); }));
    CHECK(tokens.try_acquire_for(support::scaled(1s)));
    tokens.release();
    other.may_go = true;
    waiter.join();
    other.thread.join();
    isthmus::seam::hook = nullptr;
    CHECK(got == wait_status::signaled);
  }
}
