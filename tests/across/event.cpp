// SPDX-License-Identifier: MIT
#include <isthmus/event.hpp>

#include "across/actor.hpp"
#include "support/crowd.hpp"
#include "support/names.hpp"
#include "support/sections.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/view.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <list>
#include <string>
#include <vector>

using namespace support;
using isthmus::event;
using isthmus::reset_mode;
using isthmus::section;
using isthmus::semaphore;
using isthmus::view;
using isthmus::wait_status;

namespace {

constexpr auto wait_orders = {"wait 0", "any 1 0", "all 2 0"};

/// Processes that wait for one event: alone, with one that is never set, with one that always is.
struct waiting_processes {
  explicit waiting_processes(reset_mode mode)
      : object(event::create({.name = name, .mode = mode})) {
    for (int i = 0; i < 2; ++i) {
      for (const auto* order : wait_orders) {
        all.emplace_back(std::vector{"e:" + name, "e:" + name + "n", "e:" + name + "a"});
        all.back().begin(order);
      }
    }
    for (auto& each : all) REQUIRE(each.blocks());
  }
  int ended() {
    int count = 0;
    for (auto& each : all) count += each.ends(0ms) ? 1 : 0;
    return count;
  }

  std::vector<std::string> results() {
    std::vector<std::string> found;
    for (auto& each : all) found.push_back(each.end());
    return found;
  }

  std::string name = unique_name("waiting");
  event object;
  event never = event::create({.name = name + "n"});
  event always =
      event::create({.name = name + "a", .mode = reset_mode::manual, .initially_set = true});
  std::list<actor> all;
};

}  // namespace

TEST_CASE("an event set in one process ends a wait in another", "[event][EVT-01][EVT-02]") {
  for (const auto mode : {reset_mode::automatic, reset_mode::manual}) {
    const auto name = unique_name("set");
    auto object = event::create({.name = name, .mode = mode});
    actor other({"e:" + name});
    CHECK(other.ask("try 0") == "timeout");
    other.begin("wait 0");
    REQUIRE(other.blocks());
    object.set();
    CHECK(other.end() == "signaled");
    CHECK(ready_now(object) == (mode == reset_mode::manual));
    CHECK(other.ask("set 0") == "done");
    CHECK(ready_now(object));
    CHECK(other.ask("reset 0") == "done");
    CHECK_FALSE(ready_now(object));
  }
}

TEST_CASE("a manual event that is set and reset at once releases all processes that waited",
          "[event][EVT-05]") {
  waiting_processes waiting(reset_mode::manual);
  waiting.object.set();
  waiting.object.reset();
  CHECK_FALSE(ready_now(waiting.object));
  CHECK(waiting.results() == std::vector<std::string>{"signaled", "signaled 1", "signaled 0",
                                                      "signaled", "signaled 1", "signaled 0"});
}

TEST_CASE("each set of an automatic event releases one process that waits", "[event][EVT-02]") {
  waiting_processes waiting(reset_mode::automatic);
  for (int done = 1; done <= 6; ++done) {
    waiting.object.set();
    CHECK(eventually([&] { return waiting.ended() == done; }));
    CHECK_FALSE(ready_now(waiting.object));
  }
}

TEST_CASE("two sets in a row release two processes, and the setter takes neither",
          "[event][EVT-02]") {
  const auto name = unique_name("two");
  auto object = event::create({.name = name});
  const auto never = event::create({.name = name + "n"});
  std::list<actor> waiters;
  for (const auto* order : {"wait 0", "any 1 0", "any 0 1"}) {
    waiters.emplace_back(std::vector{"e:" + name, "e:" + name + "n"});
    waiters.back().begin(order);
  }
  for (auto& each : waiters) REQUIRE(each.blocks());
  object.set();
  object.set();
  CHECK_FALSE(ready_now(object));
  const auto ended = [&] {
    int count = 0;
    for (auto& each : waiters) count += each.ends(0ms) ? 1 : 0;
    return count;
  };
  CHECK(eventually([&] { return ended() == 2; }));
  CHECK_FALSE(eventually([&] { return ended() > 2; }, moment));
}

TEST_CASE("an event stays set when the process that set it is killed", "[event][EVT-12]") {
  const auto name = unique_name("killed");
  auto object = event::create({.name = name});
  actor setter({"e:" + name});
  CHECK(setter.ask("set 0") == "done");
  setter.kill();
  CHECK(ready_now(object));
  CHECK_FALSE(ready_now(object));
}

TEST_CASE("a process that is killed while it waits takes no set along", "[event][EVT-02]") {
  for (const auto* order : wait_orders) {
    CAPTURE(order);
    const auto name = unique_name("victim");
    auto object = event::create({.name = name});
    const auto never = event::create({.name = name + "n"});
    const auto always =
        event::create({.name = name + "a", .mode = reset_mode::manual, .initially_set = true});
    actor victim({"e:" + name, "e:" + name + "n", "e:" + name + "a"});
    victim.begin(order);
    REQUIRE(victim.blocks());
    victim.kill();
    object.set();
    CHECK(object.wait_for(patience()) == wait_status::signaled);
    CHECK_FALSE(ready_now(object));
  }
}

// Objects of the test below, by one stem.
namespace {

struct exactly_once {
  explicit exactly_once(const std::string& stem)
      : call(event::open_or_create({.name = stem + "call"})),
        never(event::open_or_create({.name = stem + "never"})),
        always(event::open_or_create(
            {.name = stem + "always", .mode = reset_mode::manual, .initially_set = true})),
        stop(event::open_or_create({.name = stem + "stop", .mode = reset_mode::manual})),
        taken(semaphore::open_or_create({.name = stem + "taken", .initial = 1, .maximum = 1})),
        memory(section::open_or_create({.name = stem + "count", .size = 4096})),
        count(view::map(memory)) {}

  event call, never, always, stop;
  semaphore taken;  ///< a set has been taken, so that the next one may be given
  section memory;
  view count;
};

}  // namespace

// Takes sets of the event in one of four ways, counts them, and lets the setters go on.
CHILD(takes_sets) {
  exactly_once objects(io.argument(0));
  auto& call = objects.call;
  const int way = std::stoi(io.argument(1));
  std::atomic<int>& number = as_counter(objects.count.as<int>());
  io.send("ready");
  const auto take = [&] {
    if (way == 0) return call.wait_for(scaled(100ms));
    if (way == 1) return isthmus::wait_any_for({objects.never, call}, scaled(100ms)).status;
    if (way == 2) return isthmus::wait_all_for({objects.always, call}, scaled(100ms)).status;
    return call.wait_for(50us);
  };
  while (!ready_now(objects.stop)) {
    if (take() != wait_status::signaled) continue;
    ++number;
    objects.taken.release();  // fails, loudly, where one set was taken twice
  }
  io.send("done");
  return 0;
}

// Sets the event so often, each time after the last set has been taken.
CHILD(sets_event) {
  exactly_once objects(io.argument(0));
  const int sets = std::stoi(io.argument(1));
  io.send("ready");
  io.receive();
  for (int i = 0; i < sets; ++i) {
    CHILD_REQUIRE(objects.taken.try_acquire_for(patience()));
    objects.call.set();
  }
  io.send("done");
  return 0;
}

TEST_CASE("of eight processes exactly one takes each set of an automatic event",
          "[event][EVT-02][EVT-03][WAIT-22]") {
  const auto stem = unique_name("once");
  const int sets = repetitions(100'000);
  exactly_once objects(stem);
  std::list<child> takers;
  std::list<child> setters;
  for (int i = 0; i < 8; ++i)
    takers.emplace_back("takes_sets", std::vector{stem, std::to_string(i % 4)});
  for (int i = 0; i < 2; ++i)
    setters.emplace_back("sets_event", std::vector{stem, std::to_string(sets / 2)});
  for (auto& each : takers) each.expect("ready");
  for (auto& each : setters) each.expect("ready");
  for (auto& each : setters) each.send("go");
  for (auto& each : setters) each.expect("done", scaled(80s));
  CHECK(objects.taken.try_acquire_for(patience()));
  objects.stop.set();
  for (auto& each : takers) each.expect("done");
  CHECK(objects.count.as<int>() == sets);
  CHECK_FALSE(ready_now(objects.call));
}
