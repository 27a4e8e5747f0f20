// SPDX-License-Identifier: MIT
//
// Waits for all that are killed in the middle: they have taken everything or nothing.
#include "crowd.hpp"
#include "led.hpp"
#include "recorded.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "posix/system/sleep.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <list>
#include <string>
#include <vector>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::mutex;
using isthmus::semaphore;
using isthmus::wait_status;

namespace {

struct set_of_three {
  /// In another order each round: that of their creation is that in which they are reserved.
  explicit set_of_three(int round = 0) {
    if (round % 3 != 0) tokens = semaphore::create({.initial = 1, .maximum = 5});
    if (round % 3 == 2) ready = event::create({.initially_set = true});
  }

  semaphore tokens = semaphore::create({.initial = 1, .maximum = 5});
  event ready = event::create({.initially_set = true});
  mutex guard = mutex::create();

  isthmus::wait_result take(support::time_limit limit) {
    return isthmus::wait_all_for({tokens, ready, guard}, limit);
  }
  /// As if processes of several name spaces had come.
  void make_doors() const {
    for (const isthmus::waitable* const one :
         std::initializer_list<const isthmus::waitable*>{&tokens, &ready, &guard})
      page_of(*one).line().several_spaces = 1;
  }
  /// And gives everything back.
  void take_and_give_back() {
    if (take(0ms).status == wait_status::timeout) return;
    guard.unlock();
    put_back();
  }
  /// However much of it was taken.
  void put_back() {
    while (tokens.try_acquire()) {
    }
    tokens.release();
    ready.set();
  }
  /// Killed when it comes to a step for the n-th time.
  int killed_at(step where, int nth, bool by_record = false) {
    return in_child([&] {
      if (by_record) own_with_records();
      signal_at(where, SIGKILL, nth);
      (void)take(0ms);
      return 0;
    });
  }
  [[nodiscard]] bool nobody_has_reserved() const {
    return (page_of(tokens).word() & isthmus::detail::counted::guard) == 0 &&
           (page_of(ready).word() & isthmus::detail::counted::guard) == 0 &&
           (page_of(guard).word() & isthmus::detail::mutex_word::guard) == 0;
  }
};

struct moment_of_death {
  step where;
  int nth;
  bool taken;
};
const std::vector<moment_of_death> moments{
    {step::all_one_reserved, 1, false}, {step::all_one_reserved, 2, false},
    {step::all_one_reserved, 3, false}, {step::all_before_decision, 1, false},
    {step::all_chained, 1, false},      {step::all_decided, 1, true},
    {step::all_one_taken, 1, true},     {step::all_one_taken, 2, true},
    {step::all_one_taken, 3, true},     {step::all_before_close, 1, true}};

constexpr const char* only_with_lists = "this engine owns with records";
/// Of each part. A sanitizer makes many more instructions, of which a few are tried.
constexpr int kills_of_part(int steps) { return steps <= 1000 ? 60 : 8; }

/// With a journal there are no commits.
bool comes_to(step where, bool by_record) {
  return where != step::all_chained || (!by_record && !isthmus::detail::portable_engine);
}

}  // namespace

TEST_CASE("a wait for all killed at any step has taken all or nothing, as tests see at once",
          "[wait][WAIT-07][MTX-06][SEM-07]") {
  for (int round = 0; round < 9; ++round) {
    const bool by_record = round / 3 == 1;
    const bool by_door = round / 3 == 2;
    for (const auto& death : moments) {
      if (!comes_to(death.where, by_record)) continue;
      INFO(name_of(death.where) << " " << death.nth << (by_record ? ", by a record" : "")
                                << (by_door ? ", by the door" : ""));
      set_of_three all(round);
      if (by_door) all.make_doors();
      REQUIRE(all.killed_at(death.where, death.nth, by_record) == 128 + SIGKILL);
      CHECK(all.tokens.try_acquire() != death.taken);
      CHECK((all.ready.wait_for(0ms) == wait_status::timeout) == death.taken);
      CHECK(all.guard.lock() == (death.taken ? wait_status::abandoned : wait_status::signaled));
      CHECK(all.nobody_has_reserved());
      all.guard.unlock();
    }
  }
}

TEST_CASE("a wait for all killed at any instruction has taken all or nothing",
          "[wait][WAIT-07][MTX-06]") {
  if (isthmus::detail::portable_engine) SKIP(only_with_lists);
  if (!may_lead()) SKIP("this process may not trace another");
  // Led from each of these steps to the next one, so that no way to an instruction is long.
  struct part {
    step where;
    int nth;
  };
  const std::vector<part> parts{{step::count, 0},
                                {step::all_one_reserved, 1},
                                {step::all_one_reserved, 2},
                                {step::all_before_decision, 1},
                                {step::all_chained, 1},
                                {step::all_decided, 1},
                                {step::all_one_taken, 1},
                                {step::all_one_taken, 2},
                                {step::all_one_taken, 3}};
  int killed = 0;
  int taken = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    set_of_three all(static_cast<int>(i));
    const auto work = [&](const part& from) {
      return [&all, from] {
        set_of_three warm;  // what happens once only is not looked at
        (void)warm.take(0ms);
        all.take_and_give_back();
        if (from.where == step::count)
          ::raise(SIGSTOP);
        else
          signal_at(from.where, SIGSTOP, from.nth);
        (void)all.take(0ms);
        ::raise(SIGSTOP);
      };
    };
    const int left = i + 1 < parts.size() ? instructions_of(work(parts[i + 1])) : 0;
    all.put_back();
    const int steps = instructions_of(work(parts[i])) - left;
    all.put_back();
    REQUIRE(steps > 0);
    const int stride = 1 + steps / kills_of_part(steps);
    for (int n = 0; n < steps; n += stride) {
      INFO("from " << (i == 0 ? "the beginning" : name_of(parts[i].where)) << ", instruction "
                   << n);
      led victim(work(parts[i]));
      REQUIRE(victim.stops());
      for (int k = 0; k < n && victim.step(); ++k) {
      }
      victim.kill();
      ++killed;
      const bool none = !all.tokens.try_acquire();
      CHECK((all.ready.wait_for(0ms) == wait_status::timeout) == none);
      CHECK(all.guard.wait_for(support::patience()) ==
            (none ? wait_status::abandoned : wait_status::signaled));
      CHECK(all.nobody_has_reserved());
      if (none) ++taken;
      all.guard.unlock();
      all.put_back();
    }
  }
  WARN("killed at " << killed << " instructions, " << taken << " times after the decision");
  CHECK(taken > 0);
  CHECK(taken < killed);
}

TEST_CASE("after a wait for all was killed the next one takes what there is", "[wait][WAIT-07]") {
  int round = 0;
  for (const auto& death : moments) {
    if (!comes_to(death.where, false)) continue;
    INFO(name_of(death.where) << " " << death.nth);
    set_of_three all(round++);
    REQUIRE(all.killed_at(death.where, death.nth) == 128 + SIGKILL);
    all.tokens.release();
    all.ready.set();
    const auto got = all.take(slice + slack());
    CHECK(got.status == (death.taken ? wait_status::abandoned : wait_status::signaled));
    CHECK(all.tokens.try_acquire() != death.taken);  // one was given, one may have been left
    CHECK(all.ready.wait_for(0ms) == wait_status::timeout);
    CHECK(all.nobody_has_reserved());
    all.guard.unlock();
  }
}

TEST_CASE("who takes over what a killed wait for all left, and is killed, leaves it as it was",
          "[wait][WAIT-07][SEM-07]") {
  int round = 0;
  for (const auto& death : moments) {
    if (!comes_to(death.where, false)) continue;
    INFO(name_of(death.where) << " " << death.nth);
    set_of_three all(round++);
    REQUIRE(all.killed_at(death.where, death.nth) == 128 + SIGKILL);
    for (isthmus::waitable* const one :
         std::initializer_list<isthmus::waitable*>{&all.tokens, &all.ready, &all.guard}) {
      (void)in_child([&] {
        signal_at(step::guard_taken_over, SIGKILL);
        (void)one->wait_for(20ms);
        return 0;
      });
    }
    // Those that were not reserved any more may have been taken by the children themselves.
    if (!death.taken || death.nth == 3 || death.where == step::all_before_close) continue;
    if (death.where == step::all_one_taken) continue;
    CHECK_FALSE(all.tokens.try_acquire());
    CHECK(all.ready.wait_for(0ms) == wait_status::timeout);
    CHECK(all.guard.lock() == wait_status::abandoned);
    CHECK(all.nobody_has_reserved());
    all.guard.unlock();
  }
}
