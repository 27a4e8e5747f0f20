// SPDX-License-Identifier: MIT
//
// Owners and waiters that end, are killed or stopped. Their child `locker` is in mutex.cpp.
#include "support/child.hpp"
#include "support/mutexes.hpp"
#include "support/names.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>

#include <catch2/catch_test_macros.hpp>

#include <list>
#include <string>
#include <system_error>
#include <vector>

using namespace support;
using isthmus::errc;
using isthmus::mutex;
using isthmus::wait_status;

namespace {

std::string made_by(child& owner, int depth) {
  std::string last;
  for (int i = 0; i < depth; ++i) last = owner.ask("lock");
  return last;
}

}  // namespace

TEST_CASE("an owner killed while it holds recursively is reported once",
          "[mutex][MTX-06][MTX-07][MTX-08]") {
  const auto name = unique_name("killed");
  auto guard = mutex::create({.name = name});
  ready_child owner("locker", {name});
  CHECK(made_by(owner, 3) == "signaled");
  CHECK_FALSE(guard.try_lock());
  owner.kill();
  CHECK(guard.lock() == wait_status::abandoned);
  CHECK(guard.abandoned());
  if (const auto last = guard.last_owner()) {
    CHECK(last->process_id == owner.id());
    CHECK(last->program == child_program().filename().string());
  }
  guard.unlock();
  CHECK(is_not_owner(guard));
  CHECK(lock_within(guard) == wait_status::signaled);
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
}

TEST_CASE("an owner that ends in order without unlocking is reported, too", "[mutex][MTX-06]") {
  for (const std::string end : {"exit", "exit at once"}) {
    CAPTURE(end);
    const auto name = unique_name("ended");
    auto guard = mutex::create({.name = name});
    ready_child owner("locker", {name});
    CHECK(owner.ask("lock") == "signaled");
    owner.send(end);
    CHECK(owner.exit_code() == 0);
    CHECK(lock_within(guard) == wait_status::abandoned);
    guard.unlock();
  }
}

TEST_CASE("a thread that ends holding is reported although its process lives", "[mutex][MTX-06]") {
  const auto name = unique_name("thread");
  auto guard = mutex::create({.name = name});
  ready_child owner("locker", {name});
  CHECK(owner.ask("thread") == "done");
  CHECK(lock_within(guard) == wait_status::abandoned);
  guard.unlock();
  CHECK(owner.ask("thread") == "done");
  CHECK(owner.ask("lock") == "abandoned");  // to its own process as well
}

TEST_CASE("an owner that unlocked before it was killed abandons nothing", "[mutex][MTX-06]") {
  const auto name = unique_name("unlocked");
  auto guard = mutex::create({.name = name});
  ready_child owner("locker", {name});
  CHECK(made_by(owner, 1) == "signaled");
  CHECK(owner.ask("unlock") == "done");
  owner.kill();
  CHECK(lock_within(guard) == wait_status::signaled);
  guard.unlock();
}

TEST_CASE("when an owner is killed that others wait for, one is told and all go on",
          "[mutex][MTX-08][MTX-09]") {
  const auto name = unique_name("blocked");
  auto guard = mutex::create({.name = name});
  ready_child owner("locker", {name});
  CHECK(made_by(owner, 2) == "signaled");
  std::list<child> waiters;
  for (int i = 0; i < 3; ++i) waiters.emplace_back("locker", std::vector{name});
  for (auto& waiter : waiters) {
    waiter.expect("ready");
    waiter.send("lock");
  }
  worker mine;
  auto here = mine.start([&] { return pass_through(guard); });
  for (auto& waiter : waiters) CHECK(waiter.blocks());
  owner.kill();
  // Whoever gets it gives it back at once, so that all of them come through in some order.
  int told = 0;
  std::list<child*> left;
  for (auto& waiter : waiters) left.push_back(&waiter);
  REQUIRE(eventually([&] {
    left.remove_if([&](child* waiter) {
      if (!waiter->speaks(1ms)) return false;
      told += waiter->receive() == "abandoned" ? 1 : 0;
      CHECK(waiter->ask("unlock") == "done");
      return true;
    });
    return left.empty();
  }));
  REQUIRE(ready(here));
  told += here.get() == wait_status::abandoned ? 1 : 0;
  CHECK(told == 1);
  CHECK(lock_within(guard) == wait_status::signaled);
  guard.unlock();
}

TEST_CASE("an owner killed while nobody waits is remembered as long as the mutex lives",
          "[mutex][MTX-10]") {
  const auto name = unique_name("remembered");
  auto guard = mutex::create({.name = name});
  {
    ready_child owner("locker", {name});
    CHECK(owner.ask("lock") == "signaled");
  }
  ready_child next("locker", {name});
  guard.close();
  CHECK(next.ask("lock") == "abandoned");
  CHECK(next.ask("unlock") == "done");
  next.kill();
  // The last handle is gone, and the mark with it.
  auto again = mutex::create({.name = name});
  CHECK(lock_within(again) == wait_status::signaled);
  again.unlock();
}

TEST_CASE("a mutex whose owner was its last holder is made anew without a mark",
          "[mutex][MTX-10][LIFE-03][LIFE-04]") {
  const auto name = unique_name("alone");
  auto guard = mutex::create({.name = name});
  ready_child owner("locker", {name});
  CHECK(owner.ask("lock") == "signaled");
  guard.close();
  owner.kill();
  std::error_code ec;
  CHECK_FALSE(mutex::open({.name = name}, ec));
  CHECK(ec == errc::not_found);
  guard = mutex::create({.name = name});
  CHECK(lock_within(guard) == wait_status::signaled);
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
}

TEST_CASE("a waiter that is killed disturbs nobody", "[mutex][MTX-09]") {
  const auto name = unique_name("waiter");
  auto guard = mutex::create({.name = name, .initially_owned = true});
  child victim("locker", {name});
  child next("locker", {name});
  for (auto* waiter : {&victim, &next}) {
    waiter->expect("ready");
    waiter->send("lock");
    CHECK(waiter->blocks());
  }
  victim.kill();
  guard.unlock();
  next.expect("signaled");
  CHECK_FALSE(guard.try_lock());
  CHECK(next.ask("unlock") == "done");
  CHECK(guard.try_lock_for(patience()));
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
}

TEST_CASE("a stopped owner still owns, and is not taken for dead", "[mutex][MTX-06][MTX-12]") {
  const auto name = unique_name("stopped");
  auto guard = mutex::create({.name = name});
  ready_child owner("locker", {name});
  CHECK(owner.ask("lock") == "signaled");
  owner.stop();
  CHECK_FALSE(guard.try_lock());
  CHECK_FALSE(guard.try_lock_for(300ms));
  // Other names are not its affair.
  CHECK(mutex::create({.name = unique_name("other")}).lock() == wait_status::signaled);
  CHECK(mutex::open({.name = name}));
  owner.resume();
  CHECK(owner.ask("unlock") == "done");
  CHECK(lock_within(guard) == wait_status::signaled);
  guard.unlock();
}

TEST_CASE("a stopped owner that is killed is reported", "[mutex][MTX-06]") {
  const auto name = unique_name("stopped");
  auto guard = mutex::create({.name = name});
  ready_child owner("locker", {name});
  CHECK(owner.ask("lock") == "signaled");
  owner.stop();
  owner.kill();
  CHECK(lock_within(guard) == wait_status::abandoned);
  guard.unlock();
}
