// SPDX-License-Identifier: MIT
#include <isthmus/mutex.hpp>

#include "support/child.hpp"
#include "support/mutexes.hpp"
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

TEST_CASE("one process excludes the other", "[mutex][MTX-01][MTX-03][MTX-12]") {
  const auto name = unique_name("exclude");
  auto guard = mutex::create({.name = name});
  ready_child other("locker", {name});
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
  ready_child other("locker", {name});
  other.send("lock");
  CHECK_FALSE(other.speaks(moment));
  guard.unlock();
  other.expect("signaled");
  CHECK_FALSE(guard.try_lock());

  // And the other way round.
  worker waiter;
  auto taken = waiter.start([&] { return guard.lock(); });
  CHECK(waiter.blocks(taken));
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

TEST_CASE("a started process owns nothing of what its parent owns", "[mutex][MTX-17][INH-06]") {
  const auto name = unique_name("started");
  auto guard = mutex::create({.name = name});
  guard.lock();
  ready_child started("locker", {name});
  CHECK(started.ask("unlock") == "not_owner");
  CHECK(started.ask("try") == "busy");
  guard.unlock();
  CHECK(started.ask("try") == "taken");
}

TEST_CASE("a mutex lives as long as anybody holds it, its creator killed or not",
          "[mutex][LIFE-01][LIFE-03]") {
  const auto name = unique_name("lives");
  auto guard = mutex::create({.name = name});
  ready_child other("locker", {name});
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
