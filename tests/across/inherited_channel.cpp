// SPDX-License-Identifier: MIT
//
// Ends of channels that started processes inherit.
#include "across/heirs.hpp"

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/names.hpp"
#include "support/threads.hpp"

#include <isthmus/channel.hpp>
#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/inherited.hpp>
#include <isthmus/process.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <list>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

using namespace support;
using isthmus::access;
using isthmus::channel;
using isthmus::channel_status;
using isthmus::errc;
using isthmus::event;
using isthmus::inherited;
using isthmus::process;
using isthmus::section;
using isthmus::wait_status;

namespace {

/// A pair, and a process that has the other end of it to itself. Which of the two makes no
/// difference.
struct connected_heir {
  explicit connected_heir(std::string_view child, std::vector<std::string> arguments = {},
                          bool first = true) {
    auto ends = channel::pair();
    channel theirs = std::move(first ? ends.first : ends.second);
    mine = std::move(first ? ends.second : ends.first);
    heir = start_heir(child, std::move(arguments), {{"parent", theirs}});
    theirs.close();
  }

  channel mine;
  process heir;
};

channel_status status_of(channel& end, time_limit limit) { return end.receive(limit).status; }

}  // namespace

CHILD(talks_back) {
  auto parent = inherited<channel>("parent");
  auto got = parent.receive(patience());
  CHILD_REQUIRE(got.message == "for you");
  const auto table = got.object.take<section>();
  CHILD_REQUIRE(table.access() == access::read);
  CHILD_REQUIRE(isthmus::const_view::map(table).as<int>() == 4711);
  auto done = event::create();
  parent.send(done, "and for you");
  return done.wait_for(patience()) == wait_status::signaled ? 0 : 1;
}

TEST_CASE("an end of a pair is inherited; messages and objects go both ways through it",
          "[inherited][channel][DUP-07]") {
  connected_heir one("talks_back", {}, GENERATE(true, false));
  {
    const auto table = section::create({.size = sizeof(int)});
    isthmus::view::map(table).as<int>() = 4711;
    one.mine.send({table, access::read}, "for you");
  }
  auto got = one.mine.receive(patience());
  REQUIRE(got.status == channel_status::received);
  CHECK(got.message == "and for you");
  got.object.take<event>().set();
  CHECK(result_of(std::move(one.heir)) == 0);
  CHECK(status_of(one.mine, patience()) == channel_status::closed);
}

// Says so when it has what it was passed, and goes on until it is killed.
CHILD(keeps_end) {
  auto parent = inherited<channel>("parent");
  parent.send("here");
  for (;;) std::this_thread::sleep_for(10ms);
}

// Has an end, and does not care.
CHILD(ignores_end) {
  for (;;) std::this_thread::sleep_for(10ms);
}

TEST_CASE("the death of a process closes the end that it has inherited",
          "[inherited][channel][INH-07]") {
  SECTION("taken") {
    connected_heir one("keeps_end");
    CHECK(one.mine.receive(patience()).message == "here");
    CHECK(status_of(one.mine, moment) == channel_status::timeout);
    one.heir.terminate();
    CHECK(status_of(one.mine, patience()) == channel_status::closed);
  }
  SECTION("not taken") {
    connected_heir one("ignores_end");
    CHECK(status_of(one.mine, moment) == channel_status::timeout);
    one.heir.terminate();
    CHECK(status_of(one.mine, patience()) == channel_status::closed);
  }
}

// Takes its end, closes it, and lives on until it is told to end.
CHILD(closes_end) {
  auto parent = inherited<channel>("parent");
  std::error_code ec;
  CHILD_REQUIRE(!inherited<channel>("parent", ec));
  CHILD_REQUIRE(ec == errc::not_found);
  parent.send("bye");
  parent.close();
  CHILD_REQUIRE(code_of([] { (void)inherited<channel>("parent"); }) == errc::not_found);
  return inherited<event>("end").wait_for(patience()) == wait_status::signaled ? 0 : 1;
}

TEST_CASE("an end is taken once, so that closing it closes it", "[inherited][channel]") {
  auto ends = channel::pair();
  auto end = event::create();
  auto heir = start_heir("closes_end", {}, {{"parent", ends.first}, {"end", end}});
  CHECK(ends.second.receive(patience()).message == "bye");
  CHECK(status_of(ends.second, moment) == channel_status::timeout);  // it is open here as well
  ends.first.close();
  CHECK(status_of(ends.second, patience()) == channel_status::closed);
  end.set();
  CHECK(result_of(std::move(heir)) == 0);
}

CHILD(confuses_kinds) {
  CHILD_REQUIRE(code_of([] { (void)inherited<channel>("table"); }) == errc::wrong_kind);
  CHILD_REQUIRE(code_of([] { (void)inherited<section>("end"); }) == errc::wrong_kind);
  CHILD_REQUIRE(code_of([] { (void)inherited<channel>("door"); }) == errc::not_found);
  std::error_code ec;
  CHILD_REQUIRE(!inherited<channel>("table", ec));
  CHILD_REQUIRE(ec == errc::wrong_kind);
  CHILD_REQUIRE(!inherited<event>("end", ec));
  CHILD_REQUIRE(ec == errc::wrong_kind);
  CHILD_REQUIRE(inherited<section>("table", ec));
  CHILD_REQUIRE(!ec);
  CHILD_REQUIRE(inherited<channel>("end", ec));
  CHILD_REQUIRE(!ec);
  CHILD_REQUIRE(!inherited<section>("end", ec));
  CHILD_REQUIRE(ec == errc::wrong_kind);
  return 0;
}

TEST_CASE("channels and objects are different kinds of inheritance",
          "[inherited][channel][INH-03]") {
  const auto ends = channel::pair();
  CHECK(result_of(start_heir("confuses_kinds", {},
                             {{"end", ends.first}, {"table", section::create({.size = 1})}})) == 0);
}

// Lets a process of its own outlive it.
CHILD(is_outlived) {
  auto parent = inherited<channel>("parent");
  auto next = start_heir("has_no_end", {io.argument(0)});
  parent.send("started");
  (void)next.wait_for(patience());  // killed before that
  return 1;
}

CHILD(has_no_end) {
  std::error_code ec;
  if (inherited<channel>("parent", ec) || ec != errc::not_found) return 1;
  auto end = event::open({.name = io.argument(0) + ".end"});
  event::open({.name = io.argument(0) + ".runs"}).set();
  return end.wait_for(patience()) == wait_status::signaled ? 0 : 2;
}

TEST_CASE("an end that was inherited does not go on to the process's own children",
          "[inherited][channel][INH-04]") {
  const auto name = unique_name("next");
  auto runs = event::create({.name = name + ".runs"});
  auto end = event::create({.name = name + ".end"});
  connected_heir one("is_outlived", {name});
  CHECK(one.mine.receive(patience()).message == "started");
  REQUIRE(runs.wait_for(patience()) == wait_status::signaled);
  one.heir.terminate();
  CHECK(status_of(one.mine, patience()) == channel_status::closed);
  end.set();
}

TEST_CASE("of processes that start at the same time each has its own end alone",
          "[inherited][channel][INH-04]") {
  constexpr std::size_t count = 8;
  std::vector<std::pair<channel, channel>> ends;
  std::vector<process> heirs(count);
  for (std::size_t i = 0; i < count; ++i) ends.push_back(channel::pair());
  {
    std::list<worker> threads;
    std::vector<std::future<void>> started;
    for (std::size_t i = 0; i < count; ++i)
      started.push_back(threads.emplace_back().start([&, i] {
        heirs[i] = start_heir("keeps_end", {}, {{"parent", ends[i].first}});
        ends[i].first.close();
      }));
    for (auto& one : started) {
      REQUIRE(ready(one));
      one.get();
    }
  }
  for (auto& [theirs, mine] : ends) CHECK(mine.receive(patience()).message == "here");
  for (std::size_t i = 0; i < count; ++i) {
    heirs[i].terminate();
    CHECK(status_of(ends[i].second, patience()) == channel_status::closed);
    for (std::size_t j = i + 1; j < count; ++j)
      CHECK(status_of(ends[j].second, 0s) == channel_status::timeout);
  }
}
