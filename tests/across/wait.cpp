// SPDX-License-Identifier: MIT
//
// Waits for several objects, and several processes that use them.
#include <isthmus/wait.hpp>

#include "across/actor.hpp"
#include "support/crowd.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/isthmus.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <list>
#include <string>
#include <system_error>
#include <vector>

using namespace support;
using isthmus::event;
using isthmus::mutex;
using isthmus::reset_mode;
using isthmus::section;
using isthmus::semaphore;
using isthmus::view;
using isthmus::wait_all_for;
using isthmus::wait_any_for;
using isthmus::wait_status;

TEST_CASE("a mutex that another process owns holds up a wait for all, which takes nothing",
          "[wait][WAIT-07]") {
  const auto name = unique_name("elsewhere");
  auto guard = mutex::create({.name = name});
  auto call = event::create({.initially_set = true});
  auto permits = semaphore::create({.initial = 1, .maximum = 1});
  actor owner({"m:" + name});
  CHECK(owner.ask("wait 0") == "signaled");
  CHECK(wait_all_for({call, permits, guard}, moment) == timeout);
  CHECK(wait_any_for({guard, call}, 0s) == isthmus::wait_result{wait_status::signaled, 1});
  call.set();
  CHECK(permits.try_acquire());
  permits.release();
  crowd waiters;
  waiters.add([&] {
    const auto result = wait_all_for({call, permits, guard}, patience());
    guard.unlock();
    return result;
  });
  REQUIRE(waiters.blocks());
  CHECK(owner.ask("unlock 0") == "done");
  REQUIRE(waiters.all());
  CHECK(waiters.count(signaled) == 1);
  CHECK_FALSE(ready_now(call));
  CHECK_FALSE(permits.try_acquire());
}

TEST_CASE("the death of an owner ends waits for any and for all, and one of them is told",
          "[wait][WAIT-09][WAIT-10][MTX-09]") {
  for (const bool blocked : {true, false}) {
    CAPTURE(blocked);
    const auto name = unique_name("owner");
    auto guard = mutex::create({.name = name});
    auto never = event::create();
    auto open = event::create({.mode = reset_mode::manual, .initially_set = true});
    actor owner({"m:" + name});
    CHECK(owner.ask("wait 0") == "signaled");
    CHECK(owner.ask("wait 0") == "signaled");
    if (!blocked) owner.kill();
    crowd waiters;
    const auto unlocked = [&](isthmus::wait_result result) {
      guard.unlock();
      return result.status;
    };
    waiters.add([&] { return unlocked({guard.wait_for(patience())}); });
    waiters.add([&] { return unlocked(wait_any_for({never, guard}, patience())); });
    waiters.add([&] { return unlocked(wait_all_for({open, guard}, patience())); });
    if (blocked) {
      REQUIRE(waiters.blocks());
      owner.kill();
    }
    REQUIRE(waiters.all());
    int told = 0;
    int plain = 0;
    for (const auto& result : waiters.results()) {
      told += result == abandoned ? 1 : 0;
      plain += result == signaled ? 1 : 0;
    }
    CHECK(told == 1);
    CHECK(plain == 2);
  }
}

TEST_CASE("any and all tell of a dead owner, by index or not", "[wait][WAIT-09][WAIT-10]") {
  const auto name = unique_name("index");
  auto guard = mutex::create({.name = name});
  auto other = mutex::create();
  auto call = event::create();
  const auto dies = [&] {
    actor owner({"m:" + name});
    CHECK(owner.ask("wait 0") == "signaled");
    owner.kill();
  };
  dies();
  CHECK(wait_any_for({call, guard}, 1h) == isthmus::wait_result{wait_status::abandoned, 1});
  CHECK(guard.abandoned());
  guard.unlock();
  dies();
  CHECK(wait_all_for({call, other, guard}, 0s) == timeout);
  call.set();
  CHECK(wait_all_for({call, other, guard}, 1h) == abandoned);
  CHECK(guard.abandoned());
  guard.unlock();
  other.unlock();
  CHECK(guard.lock() == wait_status::signaled);
  guard.unlock();
}

TEST_CASE("a process that is killed in a wait for all has taken nothing", "[wait][WAIT-07]") {
  const auto name = unique_name("killed");
  auto permits = semaphore::create({.name = name + "s", .initial = 1, .maximum = 1});
  auto guard = mutex::create({.name = name + "m"});
  auto never = event::create({.name = name + "e"});
  actor victim({"s:" + name + "s", "m:" + name + "m", "e:" + name + "e"});
  victim.begin("all 0 1 2");
  REQUIRE(victim.blocks());
  victim.kill();
  never.set();
  CHECK(wait_all_for({permits, guard, never}, patience()) == signaled);
  guard.unlock();
}

namespace {

/// What the tests below share, by one stem: all of it can be had at first.
struct shared_objects {
  explicit shared_objects(const std::string& stem)
      : guard(mutex::open_or_create({.name = stem + "guard"})),
        permits(semaphore::open_or_create({.name = stem + "permits", .initial = 1, .maximum = 1})),
        call(event::open_or_create({.name = stem + "call", .initially_set = true})),
        never(event::open_or_create({.name = stem + "never"})),
        stop(event::open_or_create({.name = stem + "stop", .mode = reset_mode::manual})),
        memory(section::open_or_create({.name = stem + "memory", .size = 4096})),
        numbers(view::map(memory)) {}

  mutex guard;
  semaphore permits;
  event call, never, stop;
  section memory;
  view numbers;
};

}  // namespace

// Takes all of the objects, in the order of its argument, and counts how often.
CHILD(takes_in_turn) {
  shared_objects objects(io.argument(0));
  auto& [guard, permits, call, never, stop, memory, numbers] = objects;
  const auto order = io.argument(1);
  const int rounds = std::stoi(io.argument(2));
  struct counts {
    volatile int inside;
    volatile int done;
  };
  auto& shared = numbers.as<counts>();
  io.send("ready");
  io.receive();
  for (int i = 0; i < rounds; ++i) {
    const auto result = order == "up"     ? wait_all_for({guard, permits, call}, patience())
                        : order == "down" ? wait_all_for({call, permits, guard}, patience())
                                          : wait_all_for({permits, guard}, patience());
    CHILD_REQUIRE(result == signaled);
    CHILD_REQUIRE(shared.inside == 0);
    shared.inside = 1;
    shared.done = shared.done + 1;
    shared.inside = 0;
    guard.unlock();
    permits.release();
    if (order != "part") call.set();
  }
  io.send("done");
  return 0;
}

TEST_CASE("processes that take overlapping sets in opposite orders all come through",
          "[wait][WAIT-07]") {
  const auto stem = unique_name("orders");
  const int rounds = repetitions(10'000);
  shared_objects objects(stem);
  std::list<child> takers;
  for (const auto* order : {"up", "down", "part", "up", "down"})
    takers.emplace_back("takes_in_turn",
                        std::vector<std::string>{stem, order, std::to_string(rounds)});
  for (auto& each : takers) each.expect("ready");
  for (auto& each : takers) each.send("go");
  for (auto& each : takers) each.expect("done", scaled(60s));
  CHECK(objects.numbers.as<int>(sizeof(int)) == 5 * rounds);
  CHECK(wait_all_for({objects.guard, objects.permits, objects.call}, 0s) == signaled);
  objects.guard.unlock();
}

// Tries each object alone, again and again, and counts what it could not have.
CHILD(observes) {
  shared_objects objects(io.argument(0));
  auto& [guard, permits, call, never, stop, memory, numbers] = objects;
  io.send("ready");
  io.receive();
  long rounds = 0;
  long missing = 0;
  for (; !ready_now(stop); ++rounds) {
    if (permits.try_acquire()) {
      permits.release();
    } else {
      ++missing;
    }
    if (ready_now(call)) {
      call.set();
    } else {
      ++missing;
    }
    if (guard.try_lock()) {
      guard.unlock();
    } else {
      ++missing;
    }
  }
  CHILD_REQUIRE(rounds > 0);
  io.send(std::to_string(missing));
  return 0;
}

namespace {

/// How often an observer misses something while `attempt` is made for a while.
template <class Attempt>
long missed_by_an_observer(Attempt attempt) {
  const auto stem = unique_name("observed");
  shared_objects objects(stem);
  child observer("observes", {stem});
  observer.expect("ready");
  observer.send("go");
  const auto end = clock::now() + scaled(1500ms);
  while (clock::now() < end) attempt(objects);
  objects.stop.set();
  return std::stol(observer.receive());
}

}  // namespace

TEST_CASE("nobody ever sees a wait for all take a part and give it back", "[wait][WAIT-07]") {
  std::atomic<int> wrong = 0;
  CHECK(missed_by_an_observer([&](shared_objects& objects) {
          auto& [guard, permits, call, never, stop, memory, numbers] = objects;
          if (wait_all_for({permits, call, guard, never}, 0s) != timeout) ++wrong;
          if (wait_all_for({guard, permits, never, call}, 500us) != timeout) ++wrong;
        }) == 0);
  CHECK(wrong == 0);
}

TEST_CASE("the observer does see parts that are taken one by one", "[wait][WAIT-07]") {
  CHECK(missed_by_an_observer([&](shared_objects& objects) {
          auto& [guard, permits, call, never, stop, memory, numbers] = objects;
          const bool first = permits.try_acquire();
          const bool second = ready_now(call);
          const bool third = guard.try_lock();
          if (third) guard.unlock();
          if (second) call.set();
          if (first) permits.release();
        }) > 0);
}
