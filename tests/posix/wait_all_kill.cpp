// SPDX-License-Identifier: MIT
//
// Waits for all that are killed in the middle: they have taken everything or nothing.
#include "crowd.hpp"
#include "led.hpp"
#include "recorded.hpp"
#include "seams.hpp"
#include "set_of_three.hpp"

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
using isthmus::wait_status;

namespace {

constexpr const char* only_with_lists = "this engine owns with records";
/// Of each part. A sanitizer makes many more instructions, of which a few are tried.
constexpr int kills_of_part(int steps) { return steps <= 1000 ? 60 : 8; }

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
