// SPDX-License-Identifier: MIT
//
// What is seen of objects from outside. What dead processes leave to see is in across/inspect.cpp.
#include <isthmus/inspect.hpp>

#include "support/files.hpp"
#include "support/kinds.hpp"
#include "support/names.hpp"
#include "support/scopes.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <variant>
#include <vector>

using namespace support;
using isthmus::errc;
using isthmus::object_report;

namespace {

bool exists(std::string_view name) {
  std::error_code ec;
  (void)isthmus::inspect(name, isthmus::scope::automatic, ec);
  return ec != errc::not_found;
}

template <class State>
State state_of(std::string_view name) {
  const auto report = isthmus::inspect(name);
  INFO(report.problem);
  REQUIRE(std::holds_alternative<State>(report.state));
  return std::get<State>(report.state);
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("each object of a scope is listed with its kind and its name", "[inspect]",
                        kinds) {
  for (const auto& prefix : prefixes()) {
    const auto name = unique_name("listed");
    const auto made = TestType::create(kind<TestType>::create(prefix + name));
    const auto unnamed = TestType::create(kind<TestType>::create());
    const auto where = prefix.empty() ? isthmus::scope::session : isthmus::scope::global;
    const auto all = isthmus::inspect_all(where);
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const object_report& each) { return each.name == name; });
    REQUIRE(found != all.end());
    CHECK(to_string(found->kind) == kind<TestType>::word);
    CHECK(found->scope == where);
    CHECK_FALSE(found->leftover);
    CHECK(found->problem.empty());
    CHECK_FALSE(found->permissions.empty());
    REQUIRE(found->creator);
    CHECK(found->creator->user == made.creator().user);
    CHECK(isthmus::inspect(prefix + name).kind == found->kind);
  }
}

TEMPLATE_LIST_TEST_CASE("a look does not keep a name alive", "[inspect][LIFE-01]", kinds) {
  const auto name = unique_name("looked");
  for (int i = 0; i < 3; ++i) {
    auto made = TestType::create(kind<TestType>::create(name));
    CHECK(exists(name));
    (void)isthmus::inspect_all();
    made.close();
    CHECK_FALSE(exists(name));
  }
}

TEST_CASE("a name that nobody has is not_found, and one that cannot be is invalid_name",
          "[inspect]") {
  std::error_code ec;
  (void)isthmus::inspect(unique_name("absent"), isthmus::scope::automatic, ec);
  CHECK(ec == errc::not_found);
  (void)isthmus::inspect("a\\b", isthmus::scope::automatic, ec);
  CHECK(ec == errc::invalid_name);
  CHECK_THROWS_AS(isthmus::inspect(unique_name("absent")), isthmus::error);
}

TEST_CASE("a mutex is shown free, then owned by this thread as often as it is", "[inspect]") {
  const auto name = unique_name("mutex");
  auto guard = isthmus::mutex::create({.name = name});
  CHECK(state_of<isthmus::mutex_report>(name).use == isthmus::mutex_use::free);
  guard.lock();
  guard.lock();
  const auto owned = state_of<isthmus::mutex_report>(name);
  CHECK(owned.use == isthmus::mutex_use::owned);
  CHECK(owned.depth == 2);
  if (owned.owner) CHECK(owned.owner->id == process_id());  // absent under Wine
  guard.unlock();
  guard.unlock();
  CHECK(state_of<isthmus::mutex_report>(name).use == isthmus::mutex_use::free);
}

TEST_CASE("a semaphore is shown with its count and its maximum", "[inspect]") {
  const auto name = unique_name("semaphore");
  auto rooms = isthmus::semaphore::create({.name = name, .initial = 3, .maximum = 7});
  rooms.acquire();
  const auto state = state_of<isthmus::semaphore_report>(name);
  CHECK(state.count == 2);
  CHECK(state.maximum == 7);
}

TEST_CASE("an event is shown with its mode, set or not", "[inspect]") {
  for (const auto mode : {isthmus::reset_mode::automatic, isthmus::reset_mode::manual}) {
    const auto name = unique_name("event");
    auto signal = isthmus::event::create({.name = name, .mode = mode});
    CHECK(state_of<isthmus::event_report>(name).mode == mode);
    CHECK_FALSE(state_of<isthmus::event_report>(name).set);
    signal.set();
    CHECK(state_of<isthmus::event_report>(name).set);
    CHECK(signal.wait_for(0s) == isthmus::wait_status::signaled);  // the look has taken nothing
  }
}

TEST_CASE("a timer is shown armed until it is due, and set afterwards though nobody waits",
          "[inspect]") {
  const auto name = unique_name("timer");
  auto beat = isthmus::timer::create({.name = name});
  CHECK_FALSE(state_of<isthmus::timer_report>(name).armed);
  beat.arm(1h);
  const auto armed = state_of<isthmus::timer_report>(name);
  CHECK(armed.armed);
  CHECK_FALSE(armed.set);
  REQUIRE(armed.due_in);
  CHECK(*armed.due_in <= 1h);
  CHECK(*armed.due_in > 30min);
  if (armed.period) CHECK(*armed.period == 0ms);  // Win32 does not tell
  beat.arm(0s);
  CHECK(eventually([&] { return state_of<isthmus::timer_report>(name).set; }));
  CHECK(beat.wait_for(patience()) == isthmus::wait_status::signaled);
  CHECK_FALSE(state_of<isthmus::timer_report>(name).set);
}

TEST_CASE("a section is shown with its size, and the file that it is of", "[inspect]") {
  const auto name = unique_name("section");
  const auto made = isthmus::section::create({.name = name, .size = 3 * page_size()});
  CHECK(state_of<isthmus::section_report>(name).size == made.size());
  CHECK_FALSE(state_of<isthmus::section_report>(name).of_file);

  const temporary_folder folder;
  const auto file = folder.file("bytes", "sixteen bytes...");
  const auto of_file = unique_name("of_file");
  const auto mapped = isthmus::section::from_file(file, {.name = of_file});
  const auto state = state_of<isthmus::section_report>(of_file);
  CHECK(state.size == 16);
  CHECK(state.of_file);
  if (!state.file.empty()) CHECK(to_path(state.file).filename() == "bytes");
}

TEST_CASE("this process is among the holders of what it holds, where the system tells",
          "[inspect]") {
  const auto name = unique_name("held");
  const auto made = isthmus::event::create({.name = name});
  const auto report = isthmus::inspect(name);
  if (!report.holders) SKIP("this system does not tell who holds an object");
  REQUIRE(report.holders->size() == 1);
  CHECK(report.holders->front().id == process_id());
  CHECK_FALSE(report.holders->front().program.empty());
  CHECK_FALSE(report.more_holders);
}

TEST_CASE("a waiter is counted while it sleeps, and not when its time is up", "[inspect]") {
  const auto name = unique_name("waited");
  auto guard = isthmus::mutex::create({.name = name + "1", .initially_owned = true});
  auto rooms = isthmus::semaphore::create({.name = name + "2", .maximum = 1});
  auto call = isthmus::event::create({.name = name + "3"});
  auto gate = isthmus::event::create({.name = name + "4", .mode = isthmus::reset_mode::manual});
  auto beat = isthmus::timer::create({.name = name + "5"});
  auto dawn = isthmus::timer::create({.name = name + "6", .mode = isthmus::reset_mode::manual});
  if (!isthmus::inspect(name + "1").waited_for) SKIP("this system does not tell who waits");
  if (isthmus::inspect_system().engine == "portable")
    SKIP("the sleepers of the portable engine are not known to the kernel");
  const auto counted = [&](const std::string& which, std::uint32_t number) {
    return eventually([&] {
      const auto report = isthmus::inspect(which);
      return report.waiters == number && report.waited_for == (number != 0);
    });
  };
  const std::vector<isthmus::waitable*> objects{&guard, &rooms, &call, &gate, &beat, &dawn};
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const std::string which = name + std::to_string(i + 1);
    INFO(which);
    isthmus::waitable& object = *objects[i];
    CHECK(counted(which, 0));
    // Its time is up when it has been seen, which a slow machine may need more than one wait for.
    std::atomic<bool> seen = false;
    worker waiter;
    auto result = waiter.start([&] {
      auto status = isthmus::wait_status::timeout;
      while (!seen && status == isthmus::wait_status::timeout) status = object.wait_for(200ms);
      return status;
    });
    const bool was_seen = counted(which, 1);
    seen = true;
    CHECK(was_seen);
    REQUIRE(result.wait_for(patience()) == std::future_status::ready);
    CHECK(result.get() == isthmus::wait_status::timeout);
    CHECK(counted(which, 0));
  }
  worker waiter;
  std::atomic<bool> seen = false;
  auto result = waiter.start([&] {
    while (!seen) (void)isthmus::wait_all_for({guard, gate}, 200ms);
    return true;
  });
  CHECK(eventually([&] {  // it sleeps on one that it cannot have yet
    return isthmus::inspect(name + "1").waited_for == true ||
           isthmus::inspect(name + "4").waited_for == true;
  }));
  seen = true;
  REQUIRE(result.wait_for(patience()) == std::future_status::ready);
  CHECK(counted(name + "1", 0));
  CHECK(counted(name + "4", 0));
  guard.unlock();
}

TEST_CASE("the age of an object is that of its making, where the system tells", "[inspect]") {
  const auto name = unique_name("aged");
  const auto made = isthmus::section::create({.name = name, .size = 1});
  const auto report = isthmus::inspect(name);
  if (!report.made) SKIP("this system does not keep when an object was made");
  const auto now = std::chrono::system_clock::now();
  CHECK(*report.made <= now + 1s);
  CHECK(*report.made > now - patience());
}

TEST_CASE("the system is described, with a place for each scope that there is", "[inspect]") {
  const auto system = isthmus::inspect_system();
  CHECK_FALSE(system.backend.empty());
  CHECK_FALSE(system.lifetime.empty());
  CHECK_FALSE(system.engine.empty());
  CHECK_FALSE(system.session.path.empty());
  CHECK(system.session.problem.empty());
  CHECK(system.global.problem.empty() == has_global_scope());
}
