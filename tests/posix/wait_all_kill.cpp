// SPDX-License-Identifier: MIT
//
// Waits for all that are killed in the middle: they have taken everything or nothing.
#include "crowd.hpp"
#include "runtime.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "support/child.hpp"
#include "support/names.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <list>
#include <string>

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
  /// Killed when it comes to a step for the n-th time.
  int killed_at(step where, int nth) {
    return in_child([&] {
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
const std::initializer_list<moment_of_death> moments{
    {step::all_one_reserved, 1, false}, {step::all_one_reserved, 2, false},
    {step::all_one_reserved, 3, false}, {step::all_before_journal, 1, false},
    {step::all_journal_open, 1, true},  {step::all_one_taken, 1, true},
    {step::all_one_taken, 2, true},     {step::all_one_taken, 3, true},
    {step::all_before_close, 1, true}};

}  // namespace

TEST_CASE("a wait for all killed at any step has taken all or nothing, as tests see at once",
          "[wait][WAIT-07][MTX-06][SEM-07]") {
  for (int round = 0; round < 3; ++round) {
    for (const auto& death : moments) {
      INFO(name_of(death.where) << " " << death.nth);
      set_of_three all(round);
      REQUIRE(all.killed_at(death.where, death.nth) == 128 + SIGKILL);
      CHECK(all.tokens.try_acquire() != death.taken);
      CHECK((all.ready.wait_for(0ms) == wait_status::timeout) == death.taken);
      CHECK(all.guard.lock() == (death.taken ? wait_status::abandoned : wait_status::signaled));
      CHECK(all.nobody_has_reserved());
      all.guard.unlock();
    }
  }
}

TEST_CASE("after a wait for all was killed the next one takes what there is", "[wait][WAIT-07]") {
  int round = 0;
  for (const auto& death : moments) {
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

namespace {

std::size_t records_in(const std::filesystem::path& base) {
  return entries(session_in(base) / "p").size();
}

CHILD(dies_in_a_wait_for_all) {
  auto tokens = semaphore::open({.name = io.argument(0)});
  auto ready = event::open({.name = io.argument(1)});
  signal_at(step::all_journal_open, SIGKILL);
  io.send("now");
  (void)isthmus::wait_all({tokens, ready});
  return 0;
}

/// Holds two objects without ever having an identity, until the journal is of use.
CHILD(finds_all_taken) {
  auto tokens = semaphore::create({.name = io.argument(0), .initial = 1, .maximum = 1});
  auto ready = event::create({.name = io.argument(1), .initially_set = true});
  io.send("made");
  io.receive();
  const bool nothing = !tokens.try_acquire() && ready.wait_for(0ms) == wait_status::timeout;
  io.send(nothing ? "nothing left" : "something left");
  io.receive();
  return 0;
}

CHILD(cleans) {
  io.send(std::to_string(isthmus::clean().records));
  return 0;
}

}  // namespace

TEST_CASE("the record of a killed wait for all is kept for who holds its objects, and no longer",
          "[wait][WAIT-07][MTX-10]") {
  const private_runtime base;
  const auto tokens = support::unique_name("tokens");
  const auto ready = support::unique_name("ready");
  const std::vector<std::string> names{tokens, ready};
  support::child holder("finds_all_taken", names);
  holder.expect("made");
  support::child victim("dies_in_a_wait_for_all", names);
  victim.expect("now");
  CHECK(victim.exit_code() == 128 + SIGKILL);
  CHECK(records_in(base.path()) == 1);
  CHECK(support::child("cleans").receive() == "0");
  CHECK(records_in(base.path()) == 1);
  holder.send("look");
  holder.expect("nothing left");
  CHECK(support::child("cleans").receive() == "0");
  holder.send("go");
  CHECK(holder.exit_code() == 0);
  CHECK(support::child("cleans").receive() != "0");
  CHECK(records_in(base.path()) == 0);
}
