// SPDX-License-Identifier: MIT
//
// Events that are set while a wait for all is in the middle of taking them.
#include "crowd.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "posix/system/sleep.hpp"

#include "support/crowd.hpp"
#include "support/limits.hpp"
#include "support/sanitizers.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
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

/// Two waits for all. The first stands still when it has taken one object of two, until the second
/// has given up what it has reserved by then, for want of the other: for that it waits a moment
/// only. Then the second stands still, until the event is reset.
struct two_takers {
  semaphore tokens = semaphore::create({.initial = 2});
  event gate = event::create({.mode = isthmus::reset_mode::manual});
  page_of page{gate};
  shared<std::atomic<bool>> given_up;
  shared<std::atomic<bool>> reset;

  int take() {
    const auto result = isthmus::wait_all_for({tokens, gate}, support::scaled(500ms));
    return result.status == wait_status::signaled ? 0 : 1;
  }
  int take_first() {
    signal_when(step::all_one_taken, 0, [&] {
      (void)support::eventually([&] { return given_up->load(); }, 20ms);
      return true;
    });
    return take();
  }
  int take_second() {
    signal_when(step::all_looked, 0, [&] {
      if ((page.word() & isthmus::detail::latch::is_set) == 0) return false;
      *given_up = true;
      (void)support::eventually([&] { return reset->load(); }, 10ms);
      return true;
    });
    return take();
  }
};

}  // namespace

TEST_CASE("whoever is called while another wait for all is taking sees a set that is reset at once",
          "[wait][EVT-05][WAIT-07]") {
  int shown = 0;
  for (int round = 0; round < 50 && shown < 6; ++round) {
    two_takers all;
    forked first([&] { return all.take_first(); });
    forked second([&] { return all.take_second(); });
    REQUIRE(all.page.has_all(2));
    REQUIRE(support::eventually([&] { return asleep(first) && asleep(second); }));
    const auto begun = support::clock::now();
    all.gate.set();
    all.gate.reset();
    const bool in_time = support::clock::now() - begun < 45ms;  // whoever sets waits for 50 ms
    *all.reset = true;
    CHECK(first.ended() == 0);
    const auto end = second.ended();
    if (!*all.given_up || !in_time) continue;  // the second was the first, or the machine is slow
    ++shown;
    CHECK(end == 0);
  }
  CHECK(shown != 0);
}

TEST_CASE("a manual event that is set and reset at once releases all of many who wait for all",
          "[wait][EVT-05][WAIT-07]") {
  auto gate = event::create({.mode = isthmus::reset_mode::manual});
  auto open = event::create({.mode = isthmus::reset_mode::manual, .initially_set = true});
  const std::size_t many = support::thread_sanitizer || isthmus::detail::portable_engine ? 70 : 240;
  // One after the other, so that whoever sets sees each of them look; or does not, where all of
  // them are held up for longer than it waits: such a round shows nothing.
  static std::atomic<bool> unseen;
  isthmus::seam::hook = [](step where) {
    if (where == step::call_unseen) unseen = true;
    const auto end = support::clock::now() + 200us;
    while (where == step::all_one_reserved && support::clock::now() < end) {
    }
  };
  const page_of page(gate);
  int shown = 0;
  for (int round = 0; shown < 3 && round < 12; ++round) {
    support::crowd waiters;
    for (std::size_t i = 0; i < many; ++i)
      waiters.add([&] { return isthmus::wait_all_for({gate, open}, support::patience()); });
    REQUIRE(page.has_all(static_cast<std::uint32_t>(many)));
    unseen = false;
    gate.set();
    const bool held_up = unseen;
    gate.reset();
    CHECK((held_up || waiters.all()));
    if (held_up) gate.set();
    CHECK(waiters.all());
    gate.reset();
    CHECK(waiters.count(support::signaled) == many);
    shown += held_up ? 0 : 1;
  }
  CHECK(shown != 0);
  no_hook();
}

TEST_CASE("a mark of a reservation that is nobody's is in no wait's way",
          "[wait][hostile][WAIT-07]") {
  auto gate = event::create({.mode = isthmus::reset_mode::manual, .initially_set = true});
  auto permits = semaphore::create({.initial = 1});
  const page_of gate_page(gate);
  const page_of permits_page(permits);
  gate_page->state.word |= isthmus::detail::latch::guard;
  permits_page->state.word |= isthmus::detail::counted::guard;
  CHECK(isthmus::wait_all_for({gate, permits}, support::patience()).status ==
        wait_status::signaled);
  CHECK(permits.release() == 0);
  gate.reset();
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
