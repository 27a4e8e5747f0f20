// SPDX-License-Identifier: MIT
#include <isthmus/mutex.hpp>

#include "support/child.hpp"
#include "support/names.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <list>
#include <mutex>
#include <string>
#include <system_error>
#include <vector>

using namespace support;
using isthmus::errc;
using isthmus::mutex;
using isthmus::section;
using isthmus::view;
using isthmus::wait_status;

// Opens a mutex and obeys: lock, try, unlock, thread (one of its threads ends holding), exit.
CHILD(locker) {
  auto guard = mutex::open({.name = io.argument(0)}, patience());
  io.send("ready");
  for (;;) {
    const auto order = io.receive();
    std::error_code ec;
    if (order == "lock") {
      io.send(to_string(guard.lock()));
    } else if (order == "try") {
      io.send(guard.try_lock() ? "taken" : "busy");
    } else if (order == "unlock") {
      guard.unlock(ec);
      io.send(ec == errc::not_owner ? "not_owner" : ec ? ec.message() : "done");
    } else if (order == "thread") {
      in_thread([&] { guard.lock(); });
      io.send("done");
    } else if (order == "close") {
      guard.close();
      io.send("done");
    } else if (order == "exit") {
      return 0;
    } else if (order == "exit at once") {
      exit_at_once(0);
    }
  }
}

namespace {

std::string made_by(child& owner, int depth) {
  std::string last;
  for (int i = 0; i < depth; ++i) last = owner.ask("lock");
  return last;
}

bool is_not_owner(mutex& guard) {
  std::error_code ec;
  guard.unlock(ec);
  return ec == errc::not_owner;
}

}  // namespace

TEST_CASE("one process excludes the other", "[mutex][MTX-01][MTX-03][MTX-12]") {
  const auto name = unique_name("exclude");
  auto guard = mutex::create({.name = name});
  child other("locker", {name});
  other.expect("ready");
  CHECK(guard.lock() == wait_status::signaled);
  CHECK(other.ask("try") == "busy");
  CHECK(other.ask("unlock") == "not_owner");
  CHECK(other.ask("try") == "busy");
  guard.unlock();
  CHECK(other.ask("try") == "taken");
  CHECK_FALSE(guard.try_lock());
  CHECK(time_of([&] { CHECK_FALSE(guard.try_lock_for(moment)); }) >= moment);
  CHECK(is_not_owner(guard));
  CHECK(other.ask("unlock") == "done");
  CHECK(guard.try_lock());
  guard.unlock();
}

TEST_CASE("a waiter in another process goes on when the owner unlocks", "[mutex][MTX-01]") {
  const auto name = unique_name("handover");
  auto guard = mutex::create({.name = name, .initially_owned = true});
  child other("locker", {name});
  other.expect("ready");
  other.send("lock");
  CHECK_FALSE(other.speaks(moment));
  guard.unlock();
  other.expect("signaled");
  CHECK_FALSE(guard.try_lock());

  // And the other way round.
  worker waiter;
  auto taken = waiter.start([&] { return guard.lock(); });
  CHECK_FALSE(ready(taken, moment));
  CHECK(other.ask("unlock") == "done");
  REQUIRE(ready(taken));
  CHECK(taken.get() == wait_status::signaled);
}

// Adds to a number that is not atomic, under the mutex.
CHILD(adder) {
  auto guard = mutex::open({.name = io.argument(0)});
  const auto memory = section::open({.name = io.argument(1)});
  const auto numbers = view::map(memory);
  const auto rounds = std::stoi(io.argument(2));
  io.send("ready");
  io.receive();
  auto& count = numbers.as<volatile int>();
  for (int i = 0; i < rounds; ++i) {
    const std::scoped_lock lock(guard);
    count = count + 1;
  }
  io.send("done");
  return 0;
}

TEST_CASE("nothing is lost that several processes count under a mutex", "[mutex][MTX-01]") {
  const auto name = unique_name("count");
  constexpr int processes = 4;
  constexpr int rounds = 250;
  const auto guard = mutex::create({.name = name + "m"});
  const auto memory = section::create({.name = name + "s", .size = 4096});
  const auto numbers = view::map(memory);
  std::list<child> adders;
  for (int i = 0; i < processes; ++i) {
    adders.emplace_back("adder", std::vector{name + "m", name + "s", std::to_string(rounds)});
  }
  for (auto& each : adders) each.expect("ready");
  for (auto& each : adders) each.send("go");
  for (auto& each : adders) each.expect("done");
  CHECK(numbers.as<int>() == processes * rounds);
}

TEST_CASE("an owner killed while it holds recursively is reported once",
          "[mutex][MTX-06][MTX-07][MTX-08]") {
  const auto name = unique_name("killed");
  auto guard = mutex::create({.name = name});
  child owner("locker", {name});
  owner.expect("ready");
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
  CHECK(guard.lock() == wait_status::signaled);
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
}

TEST_CASE("an owner that ends in order without unlocking is reported, too", "[mutex][MTX-06]") {
  for (const std::string end : {"exit", "exit at once"}) {
    CAPTURE(end);
    const auto name = unique_name("ended");
    auto guard = mutex::create({.name = name});
    child owner("locker", {name});
    owner.expect("ready");
    CHECK(owner.ask("lock") == "signaled");
    owner.send(end);
    CHECK(owner.exit_code() == 0);
    CHECK(guard.lock() == wait_status::abandoned);
    guard.unlock();
  }
}

TEST_CASE("a thread that ends holding is reported although its process lives", "[mutex][MTX-06]") {
  const auto name = unique_name("thread");
  auto guard = mutex::create({.name = name});
  child owner("locker", {name});
  owner.expect("ready");
  CHECK(owner.ask("thread") == "done");
  CHECK(guard.lock() == wait_status::abandoned);
  guard.unlock();
  CHECK(owner.ask("thread") == "done");
  CHECK(owner.ask("lock") == "abandoned");  // to its own process as well
}

TEST_CASE("an owner that unlocked before it was killed abandons nothing", "[mutex][MTX-06]") {
  const auto name = unique_name("unlocked");
  auto guard = mutex::create({.name = name});
  child owner("locker", {name});
  owner.expect("ready");
  CHECK(made_by(owner, 1) == "signaled");
  CHECK(owner.ask("unlock") == "done");
  owner.kill();
  CHECK(guard.lock() == wait_status::signaled);
  guard.unlock();
}

TEST_CASE("when an owner is killed that others wait for, one is told and all go on",
          "[mutex][MTX-08][MTX-09]") {
  const auto name = unique_name("blocked");
  auto guard = mutex::create({.name = name});
  child owner("locker", {name});
  owner.expect("ready");
  CHECK(made_by(owner, 2) == "signaled");
  std::list<child> waiters;
  for (int i = 0; i < 3; ++i) waiters.emplace_back("locker", std::vector{name});
  for (auto& waiter : waiters) {
    waiter.expect("ready");
    waiter.send("lock");
  }
  worker mine;
  auto here = mine.start([&] {
    const auto status = guard.lock();
    guard.unlock();
    return status;
  });
  for (auto& waiter : waiters) CHECK_FALSE(waiter.speaks(moment));
  owner.kill();
  // Whoever gets it gives it back at once, so that all of them come through in some order.
  int told = 0;
  std::list<child*> left;
  for (auto& waiter : waiters) left.push_back(&waiter);
  REQUIRE(eventually([&] {
    left.remove_if([&](child* waiter) {
      if (!waiter->speaks(1ms)) return false;
      told += waiter->receive() == "abandoned";
      CHECK(waiter->ask("unlock") == "done");
      return true;
    });
    return left.empty();
  }));
  REQUIRE(ready(here));
  told += here.get() == wait_status::abandoned;
  CHECK(told == 1);
  CHECK(guard.lock() == wait_status::signaled);
  guard.unlock();
}

TEST_CASE("an owner killed while nobody waits is remembered as long as the mutex lives",
          "[mutex][MTX-10]") {
  const auto name = unique_name("remembered");
  auto guard = mutex::create({.name = name});
  {
    child owner("locker", {name});
    owner.expect("ready");
    CHECK(owner.ask("lock") == "signaled");
  }
  child next("locker", {name});
  next.expect("ready");
  guard.close();
  CHECK(next.ask("lock") == "abandoned");
  CHECK(next.ask("unlock") == "done");
  next.kill();
  // The last handle is gone, and the mark with it.
  auto again = mutex::create({.name = name});
  CHECK(again.lock() == wait_status::signaled);
  again.unlock();
}

TEST_CASE("a mutex whose owner was its last holder is made anew without a mark",
          "[mutex][MTX-10][LIFE-03][LIFE-04]") {
  const auto name = unique_name("alone");
  auto guard = mutex::create({.name = name});
  child owner("locker", {name});
  owner.expect("ready");
  CHECK(owner.ask("lock") == "signaled");
  guard.close();
  owner.kill();
  std::error_code ec;
  CHECK_FALSE(mutex::open({.name = name}, ec));
  CHECK(ec == errc::not_found);
  guard = mutex::create({.name = name});
  CHECK(guard.lock() == wait_status::signaled);
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
}

// Locks all mutexes of a stem.
CHILD(owner_of_many) {
  std::vector<mutex> guards;
  for (int i = 0; i < 8; ++i) {
    guards.push_back(mutex::open({.name = io.argument(0) + std::to_string(i)}));
    guards.back().lock();
  }
  io.send("ready");
  io.receive();
  return 0;
}

// Waits for all mutexes of a stem, each in a thread of its own, and counts how often it is told.
CHILD(waiter_for_many) {
  std::vector<mutex> guards;
  for (int i = 0; i < 8; ++i) {
    guards.push_back(mutex::open({.name = io.argument(0) + std::to_string(i)}));
  }
  std::list<worker> workers;
  std::vector<std::future<wait_status>> results;
  for (auto& guard : guards) {
    results.push_back(workers.emplace_back().start([&guard] {
      const auto status = guard.lock();
      guard.unlock();
      return status;
    }));
  }
  io.send("waiting");
  std::string told;
  for (auto& result : results) {
    CHILD_REQUIRE(ready(result));
    told += result.get() == wait_status::abandoned ? '1' : '0';
  }
  io.send(told);
  return 0;
}

TEST_CASE("an owner of eight mutexes is killed while four wait for each",
          "[mutex][MTX-09][MTX-18]") {
  const auto stem = unique_name("many");
  std::vector<mutex> guards;
  for (int i = 0; i < 8; ++i) guards.push_back(mutex::create({.name = stem + std::to_string(i)}));
  child owner("owner_of_many", {stem});
  owner.expect("ready");
  std::list<child> waiters;
  for (int i = 0; i < 4; ++i) waiters.emplace_back("waiter_for_many", std::vector{stem});
  for (auto& waiter : waiters) waiter.expect("waiting");
  for (auto& waiter : waiters) CHECK_FALSE(waiter.speaks(moment));
  owner.kill();
  std::vector<int> told(guards.size());
  for (auto& waiter : waiters) {
    const auto answer = waiter.receive();
    REQUIRE(answer.size() == told.size());
    for (std::size_t i = 0; i < told.size(); ++i) told[i] += answer[i] == '1';
  }
  CHECK(told == std::vector<int>(guards.size(), 1));
  for (auto& guard : guards) {
    CHECK(guard.try_lock());
    CHECK_FALSE(guard.abandoned());
    guard.unlock();
  }
}

TEST_CASE("a waiter that is killed disturbs nobody", "[mutex][MTX-09]") {
  const auto name = unique_name("waiter");
  auto guard = mutex::create({.name = name, .initially_owned = true});
  child victim("locker", {name});
  child next("locker", {name});
  for (auto* waiter : {&victim, &next}) {
    waiter->expect("ready");
    waiter->send("lock");
    CHECK_FALSE(waiter->speaks(moment));
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
  child owner("locker", {name});
  owner.expect("ready");
  CHECK(owner.ask("lock") == "signaled");
  owner.stop();
  CHECK_FALSE(guard.try_lock());
  CHECK_FALSE(guard.try_lock_for(300ms));
  // Other names are not its affair.
  CHECK(mutex::create({.name = unique_name("other")}).lock() == wait_status::signaled);
  CHECK(mutex::open({.name = name}));
  owner.resume();
  CHECK(owner.ask("unlock") == "done");
  CHECK(guard.lock() == wait_status::signaled);
  guard.unlock();
}

TEST_CASE("a stopped owner that is killed is reported", "[mutex][MTX-06]") {
  const auto name = unique_name("stopped");
  auto guard = mutex::create({.name = name});
  child owner("locker", {name});
  owner.expect("ready");
  CHECK(owner.ask("lock") == "signaled");
  owner.stop();
  owner.kill();
  CHECK(guard.lock() == wait_status::abandoned);
  guard.unlock();
}

TEST_CASE("a started process owns nothing of what its parent owns", "[mutex][MTX-17][INH-06]") {
  const auto name = unique_name("started");
  auto guard = mutex::create({.name = name});
  guard.lock();
  child started("locker", {name});
  started.expect("ready");
  CHECK(started.ask("unlock") == "not_owner");
  CHECK(started.ask("try") == "busy");
  guard.unlock();
  CHECK(started.ask("try") == "taken");
}

TEST_CASE("a mutex lives as long as anybody holds it, its creator killed or not",
          "[mutex][LIFE-01][LIFE-03]") {
  const auto name = unique_name("lives");
  auto guard = mutex::create({.name = name});
  child other("locker", {name});
  other.expect("ready");
  guard.close();
  guard = mutex::open({.name = name});
  CHECK(other.ask("lock") == "signaled");
  CHECK_FALSE(guard.try_lock());
  guard.close();
  CHECK(other.ask("close") == "done");
  std::error_code ec;
  CHECK_FALSE(mutex::open({.name = name}, ec));
  CHECK(ec == errc::not_found);
}

// Locks and unlocks one mutex without end, and tells if it ever is not alone.
CHILD(lock_churner) {
  auto guard = mutex::open({.name = io.argument(0)});
  const auto memory = section::open({.name = io.argument(1)});
  const auto numbers = view::map(memory);
  auto& inside = numbers.as<volatile unsigned>();
  io.send("ready");
  for (;;) {
    if (guard.lock() == wait_status::abandoned) inside = 0;
    CHILD_REQUIRE(inside == 0);
    inside = 1;
    guard.lock();
    guard.unlock();
    inside = 0;
    guard.unlock();
  }
}

TEST_CASE("owners killed at any moment block nobody and are always reported",
          "[mutex][MTX-06][MTX-07][MTX-08]") {
  const auto name = unique_name("churn");
  auto guard = mutex::create({.name = name + "m"});
  const auto memory = section::create({.name = name + "s", .size = 4096});
  const auto numbers = view::map(memory);
  auto& inside = numbers.as<volatile unsigned>();
  child witness("lock_churner", {name + "m", name + "s"});
  witness.expect("ready");
  for (int i = 0; i < 6; ++i) {
    child victim("lock_churner", {name + "m", name + "s"});
    victim.expect("ready");
    const auto end = clock::now() + i * 7ms;
    do {
      REQUIRE(guard.try_lock_for(patience()));
      if (guard.abandoned()) inside = 0;
      const unsigned now = inside;
      guard.unlock();
      CHECK(now == 0);
    } while (clock::now() < end);
    victim.kill();
    REQUIRE(guard.try_lock_for(patience()));
    if (guard.abandoned()) inside = 0;
    const unsigned now = inside;
    guard.unlock();
    CHECK(now == 0);  // whoever left it at 1 was reported, here or to the witness
    CHECK_FALSE(witness.speaks(1ms));
  }
}
