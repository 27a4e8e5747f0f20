// SPDX-License-Identifier: MIT
//
// What is seen of objects that other processes hold, wait for, or have left behind.
#include <isthmus/inspect.hpp>

#include "support/child.hpp"
#include "support/kinds.hpp"
#include "support/names.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <system_error>
#include <variant>

using namespace support;
using isthmus::errc;

namespace {

isthmus::mutex_use use_of(const std::string& name) {
  return std::get<isthmus::mutex_report>(isthmus::inspect(name).state).use;
}

}  // namespace

// Makes a section and a mutex, which it owns, and has them until it is killed.
CHILD(owner) {
  const auto section = isthmus::section::create({.name = io.argument(0) + "s", .size = 1});
  auto guard = isthmus::mutex::open_or_create({.name = io.argument(0) + "m"});
  guard.lock();
  io.send("ready");
  io.receive();
  return 0;
}

CHILD(waits_for_event) {
  auto signal = isthmus::event::open({.name = io.argument(0)});
  io.send("ready");
  return signal.wait_for(patience()) == isthmus::wait_status::signaled ? 0 : 1;
}

TEST_CASE("a mutex is shown with the process that owns it, and as abandoned when that is dead",
          "[inspect][MTX-06]") {
  const auto name = unique_name("owned");
  auto guard = isthmus::mutex::create({.name = name + "m"});
  ready_child other("owner", {name});
  const auto state = std::get<isthmus::mutex_report>(isthmus::inspect(name + "m").state);
  CHECK(state.use == isthmus::mutex_use::owned);
  CHECK(state.depth == 1);
  if (state.owner) CHECK(state.owner->id == other.id());
  other.kill();
  CHECK(use_of(name + "m") == isthmus::mutex_use::abandoned);
  CHECK(use_of(name + "m") == isthmus::mutex_use::abandoned);  // to look is not to be told
  CHECK(guard.try_lock());
  CHECK(guard.abandoned());
  guard.unlock();
}

TEST_CASE("a process is among the holders of what it holds, where the system tells", "[inspect]") {
  const auto name = unique_name("held");
  ready_child other("owner", {name});
  const auto report = isthmus::inspect(name + "s");
  if (!report.holders) SKIP("this system does not tell who holds an object");
  REQUIRE(report.holders->size() == 1);
  CHECK(report.holders->front().id == other.id());
}

TEST_CASE("what a killed process has left is a leftover until it is cleaned, or is not there",
          "[inspect][clean][LIFE-03]") {
  std::string name;
  std::error_code ec;
  const auto is_left = [&](const char* which) {
    const auto report = isthmus::inspect(name + which, isthmus::scope::automatic, ec);
    if (ec) return false;
    CHECK(report.leftover);
    CHECK(report.holders.value_or(std::vector<isthmus::process_note>{}).empty());
    return true;
  };
  // Whatever runs beside this test may clean, too: then there is nothing to be seen of this one.
  bool before = true;
  bool after = false;
  isthmus::clean_result found;
  for (int tries = 0; tries < 20 && before && !after; ++tries) {
    name = unique_name("left");
    ready_child victim("owner", {name});
    victim.kill();
    before = is_left("s") && is_left("m");
    found = isthmus::leftovers();
    after = is_left("s") && is_left("m");  // they were only counted
  }
  CHECK(before == after);
  if (before) {
    CHECK(found.objects >= 2);
    CHECK(found.bytes > 0);
  }
  isthmus::clean();
  CHECK_FALSE(is_left("s"));
  CHECK(ec == errc::not_found);
}

TEST_CASE("a process that waits is seen, where the system tells", "[inspect]") {
  const auto name = unique_name("awaited");
  auto signal = isthmus::event::create({.name = name});
  if (!isthmus::inspect(name).waited_for) SKIP("this system does not tell who waits");
  CHECK(isthmus::inspect(name).waiters == 0u);
  ready_child other("waits_for_event", {name});
  CHECK(eventually([&] { return isthmus::inspect(name).waiters == 1u; }));
  signal.set();
  CHECK(other.exit_code() == 0);
  CHECK(isthmus::inspect(name).waited_for == false);
}
