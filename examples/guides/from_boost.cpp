// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include "guides.hpp"

#include <chrono>
#include <future>
#include <mutex>

namespace {

constexpr int pieces = 5'000;

/// Takes the pieces, which come one by one; how many. Both sides wait for one condition.
int consume(int& count) {
  // [condition]
  // named_mutex guard(open_or_create, "Board.guard");
  auto guard = isthmus::mutex::open_or_create({.name = "Board.guard"});
  // named_condition changed(open_or_create, "Board.changed");
  auto changed = isthmus::event::open_or_create({.name = "Board.changed"});
  // [end]
  int taken = 0;
  while (taken < pieces) {
    // [wait]
    std::unique_lock lock{guard};
    // changed.wait(lock, [&] { return count > 0; });
    while (count == 0) {
      isthmus::signal_and_wait(guard, changed);  // unlocks, and waits for what is set from now on
      guard.lock();
    }
    // [end]
    taken += count;
    count = 0;
    lock.unlock();
    changed.set();
  }
  return taken;
}

void produce(int& count) {
  auto guard = isthmus::mutex::open_or_create({.name = "Board.guard"});
  auto changed = isthmus::event::open_or_create({.name = "Board.changed"});
  for (int i = 0; i < pieces; ++i) {
    {
      const std::scoped_lock lock{guard};
      while (count != 0) {
        isthmus::signal_and_wait(guard, changed);
        guard.lock();
      }
    }
    // [notify]
    {
      std::scoped_lock lock{guard};
      ++count;
    }
    changed.set();  // changed.notify_one();
    // [end]
  }
}

/// Waits for a number that is notified to all.
int see(const int& round, int last) {
  auto guard = isthmus::mutex::open_or_create({.name = "Board.guard"});
  auto next =
      isthmus::event::open_or_create({.name = "Board.next", .mode = isthmus::reset_mode::manual});
  int seen = 0;
  while (seen < last) {
    const int before = seen;
    // [all]
    std::unique_lock lock{guard};
    while (round == before) {
      next.reset();  // with the lock; and whoever changes the data sets it with the lock
      isthmus::signal_and_wait(guard, next);
      guard.lock();
    }
    // [end]
    seen = round;
  }
  return seen;
}

void conditions() {
  int count = 0;
  auto consumer = std::async(std::launch::async, [&] { return consume(count); });
  produce(count);
  guides::expect(consumer.wait_for(std::chrono::seconds(60)) == std::future_status::ready,
                 "a condition's waiter is notified");
  guides::expect(consumer.get() == pieces, "a condition's waiter gets everything");

  int round = 0;
  constexpr int last = 1000;
  auto first = std::async(std::launch::async, [&] { return see(round, last); });
  auto second = std::async(std::launch::async, [&] { return see(round, last); });
  auto guard = isthmus::mutex::open_or_create({.name = "Board.guard"});
  auto next =
      isthmus::event::open_or_create({.name = "Board.next", .mode = isthmus::reset_mode::manual});
  for (int i = 0; i < last; ++i) {
    const std::scoped_lock lock{guard};
    ++round;
    next.set();
  }
  guides::expect(first.get() == last && second.get() == last, "all of a condition's waiters see");
}

}  // namespace

void guides::from_boost() {
  // [port]
  // shared_memory_object::remove("Board");                        not needed
  // shared_memory_object board(create_only, "Board", read_write);
  // board.truncate(4096);
  auto board = isthmus::section::create({.name = "Board", .size = 4096});
  // mapped_region region(board, read_write);
  auto region = isthmus::view::map(board);
  // named_mutex guard(open_or_create, "Board.guard");
  auto guard = isthmus::mutex::open_or_create({.name = "Board.guard"});
  // scoped_lock<named_mutex> lock(guard);                         waits for ever for a dead owner
  std::unique_lock lock{guard};
  if (guard.abandoned()) {
    // the owner died with it: repair what it left
  }
  // [end]
  expect(region.size() == 4096, "the ported code works");
  lock.unlock();
  conditions();
}
