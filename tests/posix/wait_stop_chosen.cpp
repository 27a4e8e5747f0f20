// SPDX-License-Identifier: MIT
//
// Waiters of every kind that are stopped (SIGSTOP), asleep or when they have been chosen: whom that
// delays, and for how long. Semaphores are in wait_stop.cpp.
#include "crowd.hpp"
#include "seams.hpp"
#include "states.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <optional>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::mutex;
using isthmus::reset_mode;
using isthmus::semaphore;
using isthmus::timer;
using isthmus::wait_status;

namespace {

using way = std::function<wait_status(isthmus::waitable&)>;

wait_status alone(isthmus::waitable& object) { return object.wait_for(support::patience()); }

wait_status among_others(isthmus::waitable& object) {
  auto never = event::create();
  return isthmus::wait_any_for({never, object}, support::patience()).status;
}

const way ways[] = {alone, among_others};

/// What is waited for, and how one waiter gets it.
struct chosen_case {
  isthmus::waitable& object;
  std::function<void()> give;
  std::function<bool()> given = [] { return true; };  ///< it is there, or promised to a waiter
  bool stays = false;                                 ///< it is still there for the next one
  step chosen = step::wait_after_sleep;
  std::function<void()> served = [] {};  ///< what a waiter does that has got it
};

/// Ways to make one.
struct event_scene {
  explicit event_scene(reset_mode mode) : object(event::create({.mode = mode})) {
    if (mode == reset_mode::automatic) {
      play.given = [this] { return page.granted() != 0; };
    } else {
      play.given = [this] { return (page.word() & isthmus::detail::latch::is_set) != 0; };
      play.stays = true;
    }
  }
  event object;
  page_of page{object};
  chosen_case play{object, [this] { object.set(); }};
};

struct timer_scene {
  explicit timer_scene(reset_mode mode) : object(timer::create({.mode = mode})) {
    play.chosen = step::expiry_before_wake;
    play.stays = mode == reset_mode::manual;
  }
  timer object;
  chosen_case play{object, [this] { object.arm(20ms); }};
};

struct mutex_scene {
  mutex_scene() {
    object.lock();
    play.given = [this] { return isthmus::detail::mutex_word::owner(page.word()) == 0; };
    play.stays = true;
    play.served = [this] { object.unlock(); };
  }
  mutex object = mutex::create();
  page_of page{object};
  chosen_case play{object, [this] { object.unlock(); }};
};

/// A process in a wait, asleep. It exits with 0 where it is satisfied.
class sleeper {
 public:
  sleeper(const chosen_case& play, const way& how, bool stops_when_chosen = false)
      : process_([&] {
          count_sleeps(*sleeps_);
          if (stops_when_chosen) signal_when(play.chosen, SIGSTOP, play.given);
          if (how(play.object) != wait_status::signaled) return 1;
          play.served();
          return 0;
        }) {
    REQUIRE(comes_to_wait(process_, *sleeps_));
  }
  forked* operator->() noexcept { return &process_; }

 private:
  shared<std::atomic<int>> sleeps_;
  forked process_;
};

/// What was given while this one was stopped another has got; but it may have stayed.
void goes_on(sleeper& stopped, const chosen_case& play) {
  stopped->signal(SIGCONT);
  if (!play.stays) {
    CHECK_FALSE(stopped->ended(support::moment));
    play.give();
  }
  CHECK(stopped->ended() == 0);
}

using perhaps_time = std::optional<support::clock::duration>;

/// How long another waits where one of two is stopped in its sleep.
perhaps_time beside_a_stopped_sleeper(const chosen_case& play, const way& how) {
  sleeper first(play, how);
  sleeper second(play, how);
  first->signal(SIGSTOP);
  REQUIRE(first->stopped());
  const auto time = support::time_of([&] {
    play.give();
    CHECK(second->ended(slice + slack()) == 0);
  });
  goes_on(first, play);
  return time;
}

/// How long another waits where one of two is stopped when it has been chosen. Absent where it was
/// the other one that was chosen, or that one was not stopped since it did not sleep just then.
perhaps_time beside_a_stopped_chosen(const chosen_case& play, const way& how) {
  sleeper first(play, how, true);
  sleeper second(play, how);
  bool first_served = false;
  const auto time = support::time_of([&] {
    play.give();
    CHECK(support::eventually(
        [&] {
          first_served = first->ended(0ms) == 0;
          return first_served || second->ended(0ms) == 0;
        },
        slice + slack()));
  });
  if (!first_served && first->stopped(support::moment)) {
    goes_on(first, play);
    return time;
  }
  if (!play.stays) play.give();
  CHECK(support::eventually([&] {
    if (first->stopped(0ms)) first->signal(SIGCONT);
    return first->ended(0ms) == 0 && second->ended(0ms) == 0;
  }));
  return {};
}

constexpr auto before_a_look = 100ms;

/// Whether it took less than the limit in the best of some rounds. A busy machine is in the way in
/// some, hardly in all.
template <class Round>
bool takes_less_than(support::clock::duration limit, Round round) {
  auto fastest = support::clock::duration::max();
  int shown = 0;
  for (int i = 0; i < 30 && (shown < 3 || fastest >= limit); ++i) {
    const perhaps_time time = round();
    if (!time) continue;
    ++shown;
    fastest = std::min(fastest, *time);
  }
  return fastest < limit;
}

/// Stopped in its sleep or when chosen: the best times of the other, for each way to wait.
template <class Scene, class... Mode>
void check_sleeper_delays_nobody(Mode... mode) {
  for (const way& how : ways) {
    CHECK(takes_less_than(before_a_look, [&] {
      const Scene one(mode...);
      return beside_a_stopped_sleeper(one.play, how);
    }));
  }
}
template <class Scene, class... Mode>
void check_chosen_delays_by(support::clock::duration limit, Mode... mode) {
  for (const way& how : ways) {
    CHECK(takes_less_than(limit, [&] {
      const Scene one(mode...);
      return beside_a_stopped_chosen(one.play, how);
    }));
  }
}

}  // namespace

TEST_CASE("a waiter stopped in its sleep keeps nothing from others, whatever it waits for",
          "[wait][EVT-01][EVT-02][TMR-03][TMR-04][MTX-13]") {
  check_sleeper_delays_nobody<event_scene>(reset_mode::automatic);
  check_sleeper_delays_nobody<event_scene>(reset_mode::manual);
  check_sleeper_delays_nobody<timer_scene>(reset_mode::automatic);
  check_sleeper_delays_nobody<timer_scene>(reset_mode::manual);
  check_sleeper_delays_nobody<mutex_scene>();
}

TEST_CASE(
    "a waiter stopped when an automatic event was given to it delays another by a slice at most",
    "[event][EVT-02]") {
  check_chosen_delays_by<event_scene>(slice + slack(), reset_mode::automatic);
}

TEST_CASE("a waiter stopped when it was woken for a mutex delays another by a slice at most",
          "[mutex][MTX-13]") {
  check_chosen_delays_by<mutex_scene>(slice + slack());
}

TEST_CASE("a waiter stopped when a manual event has released it delays nobody", "[event][EVT-01]") {
  check_chosen_delays_by<event_scene>(before_a_look, reset_mode::manual);
}

TEST_CASE("a waiter stopped when it has noticed that a timer expired delays nobody",
          "[timer][TMR-03][TMR-04]") {
  check_chosen_delays_by<timer_scene>(before_a_look, reset_mode::automatic);
  check_chosen_delays_by<timer_scene>(before_a_look, reset_mode::manual);
}

TEST_CASE("a mutex is free for whoever tries it while the waiter that was woken for it is stopped",
          "[mutex][MTX-13]") {
  int shown = 0;
  for (int round = 0; round < 20 && shown < 3; ++round) {
    mutex_scene one;
    sleeper first(one.play, alone, true);
    one.object.unlock();
    bool served = false;  // at once: it did not sleep at that moment
    CHECK(support::eventually([&] {
      served = first->ended(0ms).has_value();
      return served || first->stopped(0ms);
    }));
    if (served) {
      CHECK(first->ended() == 0);
      continue;
    }
    ++shown;
    CHECK(one.object.try_lock());
    one.object.unlock();
    goes_on(first, one.play);
  }
  CHECK(shown > 0);
}

TEST_CASE("a wait for all stopped in its sleep delays who sets by 50 ms at most, once",
          "[event][EVT-05][WAIT-07]") {
  for (const reset_mode mode : {reset_mode::automatic, reset_mode::manual}) {
    auto ready = event::create({.mode = mode});
    auto tokens = semaphore::create({.initial = 2, .maximum = 2});
    const page_of page(ready);
    const auto waits = [&] {
      return isthmus::wait_all_for({ready, tokens}, support::patience()).status !=
             wait_status::signaled;
    };
    forked first(waits);
    REQUIRE(page.has_all(1));
    REQUIRE(support::eventually([&] { return asleep(first); }));
    first.signal(SIGSTOP);
    REQUIRE(first.stopped());
    forked second(waits);
    REQUIRE(page.has_all(2));
    const auto time = support::time_of([&] { ready.set(); });
    CHECK(time >= 50ms);  // it has been waited for
    CHECK(time < 50ms + slack());
    CHECK(second.ended(slice + slack()) == 0);
    // Nobody waits for it again.
    auto fastest = support::clock::duration::max();
    for (int round = 0; round < 20; ++round) {
      fastest = std::min(fastest, support::time_of([&] {
                           ready.reset();
                           ready.set();
                           ready.reset();
                           ready.pulse();
                         }));
    }
    CHECK(fastest < 25ms);
    CHECK_FALSE(first.ended(0ms));
    first.signal(SIGCONT);
    CHECK_FALSE(first.ended(support::moment));
    CHECK(tokens.try_acquire());
    tokens.release();
    ready.set();
    CHECK(first.ended() == 0);
    CHECK_FALSE(tokens.try_acquire());
  }
}
