// SPDX-License-Identifier: MIT
#include <isthmus/semaphore.hpp>

#include "across/actor.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <list>
#include <random>
#include <string>
#include <vector>

using namespace support;
using isthmus::section;
using isthmus::semaphore;
using isthmus::view;

TEST_CASE("permits released in one process are taken in another", "[semaphore][SEM-02][SEM-03]") {
  const auto name = unique_name("permits");
  auto permits = semaphore::create({.name = name, .maximum = 5});
  actor other({"s:" + name});
  CHECK(other.ask("try 0") == "timeout");
  CHECK(permits.release(2) == 0);
  CHECK(other.ask("try 0") == "signaled");
  CHECK(other.ask("release 0 3") == "1");
  CHECK(permits.release() == 4);
}

TEST_CASE("a release lets as many processes through as it gives permits, and finds none there",
          "[semaphore][SEM-03][SEM-06]") {
  const auto name = unique_name("blocked");
  auto permits = semaphore::create({.name = name});
  const auto never = semaphore::create({.name = name + "n"});
  std::list<actor> waiters;
  for (const auto* order : {"wait 0", "any 1 0", "all 0", "wait 0"}) {
    waiters.emplace_back(std::vector{"s:" + name, "s:" + name + "n"});
    waiters.back().begin(order);
  }
  for (auto& waiter : waiters) REQUIRE(waiter.blocks());
  CHECK(permits.release(2) == 0);
  CHECK(eventually([&] {
    int ended = 0;
    for (auto& waiter : waiters) ended += waiter.ends(0ms) ? 1 : 0;
    return ended == 2;
  }));
  CHECK_FALSE(permits.try_acquire());
  CHECK(permits.release(2) == 0);
  for (auto& waiter : waiters) CHECK(waiter.ends());
  CHECK_FALSE(permits.try_acquire());
}

TEST_CASE("the permits of a process that is killed are gone", "[semaphore][SEM-07]") {
  const auto name = unique_name("gone");
  auto permits = semaphore::create({.name = name, .initial = 2, .maximum = 2});
  {
    actor holder({"s:" + name});
    CHECK(holder.ask("wait 0") == "signaled");
  }
  CHECK(permits.try_acquire());
  CHECK_FALSE(permits.try_acquire());
  CHECK(permits.release(2) == 0);
}

TEST_CASE("a process that is killed while it waits takes nothing", "[semaphore][SEM-06][SEM-07]") {
  for (const auto* order : {"wait 0", "any 1 0", "all 1 0"}) {
    CAPTURE(order);
    const auto name = unique_name("killed");
    auto permits = semaphore::create({.name = name});
    const auto never = semaphore::create({.name = name + "n"});
    actor victim({"s:" + name, "s:" + name + "n"});
    actor next({"s:" + name});
    victim.begin(order);
    next.begin("wait 0");
    REQUIRE(victim.blocks());
    REQUIRE(next.blocks());
    victim.kill();
    permits.release(2);
    CHECK(next.end() == "signaled");
    CHECK(permits.try_acquire_for(patience()));
    CHECK_FALSE(permits.try_acquire());
  }
}

namespace {

enum step : int { idle, trying, holding, releasing };

/// What each process was doing last, in a line of its own.
struct ledger {
  int steps[8];
  int stop;
};

}  // namespace

// Acquires and releases until it is told to stop, and keeps its line of the ledger.
CHILD(keeps_ledger) {
  auto permits = semaphore::open({.name = io.argument(0)});
  const auto memory = section::open({.name = io.argument(1)});
  const auto lines = view::map(memory);
  volatile ledger& book = lines.as<ledger>();
  volatile int& mine = book.steps[std::stoi(io.argument(2))];
  io.send("ready");
  io.receive();
  while (book.stop == 0) {
    mine = trying;
    if (permits.try_acquire_for(20ms)) {
      mine = holding;
      mine = releasing;
      permits.release();  // fails, loudly, if there were too many
    }
    mine = idle;
  }
  return 0;
}

TEST_CASE("holders and waiters killed at any moment lose what they held, and nothing else",
          "[semaphore][SEM-02][SEM-04][SEM-07]") {
  constexpr int at_first = 2;
  constexpr int victims = 2;
  std::minstd_rand random(4711);
  for (int round = 0; round < repetitions(30); ++round) {
    const auto name = unique_name("ledger");
    auto permits = semaphore::create({.name = name, .initial = at_first, .maximum = at_first});
    const auto memory = section::create({.name = name + "l", .size = sizeof(ledger)});
    const auto lines = view::map(memory);
    volatile ledger& book = lines.as<ledger>();
    std::list<child> workers;
    for (int i = 0; i < 6; ++i) {
      workers.emplace_back("keeps_ledger", std::vector{name, name + "l", std::to_string(i)});
      workers.back().expect("ready");
    }
    for (auto& worker : workers) worker.send("go");
    int held = 0;
    int open = 0;  // it may have had one or not
    for (int i = 0; i < victims; ++i) {
      // Not a wait for anything: any moment is as good as another.
      (void)semaphore::create().try_acquire_for(std::chrono::microseconds(random() % 10'000));
      workers.front().kill();
      workers.pop_front();
      const int last = book.steps[i];
      held += last == holding ? 1 : 0;
      open += last == trying || last == releasing ? 1 : 0;
    }
    book.stop = 1;
    for (auto& worker : workers) CHECK(worker.exit_code() == 0);
    int left = 0;
    // What may have been lost as well comes back, if it does, when a grant of the dead is 50 ms
    // old.
    const auto limit = [&] {
      return left < at_first - held - open ? patience() : left < at_first - held ? 120ms : 0ms;
    };
    while (left <= at_first && permits.try_acquire_for(limit())) ++left;
    CAPTURE(round, held, open);
    CHECK(left <= at_first - held);
    CHECK(left >= at_first - held - open);
  }
}

TEST_CASE("the death of a holder costs exactly what it held, that of a waiter nothing",
          "[semaphore][SEM-07]") {
  const auto name = unique_name("exactly");
  constexpr int all = 4;
  auto permits = semaphore::create({.name = name, .initial = all, .maximum = all});
  for (const int held : {0, 1, 3, 4}) {
    CAPTURE(held);
    actor holder({"s:" + name});
    for (int i = 0; i < held; ++i) CHECK(holder.ask("wait 0") == "signaled");
    actor waiter({"s:" + name});
    waiter.begin("wait 0");
    CHECK(waiter.blocks() == (held == all));
    if (held < all) CHECK(waiter.end() == "signaled");
    waiter.kill();
    holder.kill();
    const int lost = held == all ? held : held + 1;
    CHECK(permits.release(lost) == all - lost);
  }
  int left = 0;
  while (permits.try_acquire()) ++left;
  CHECK(left == all);
}
