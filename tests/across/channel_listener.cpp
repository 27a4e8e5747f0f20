// SPDX-License-Identifier: MIT
//
// The names of listeners between processes: killed, stopped, raced for.
#include <isthmus/channel.hpp>

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/limits.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <list>
#include <system_error>
#include <vector>

using namespace support;
using isthmus::channel;
using isthmus::channel_status;
using isthmus::errc;
using isthmus::listener;

// Listens until it is told otherwise.
CHILD(listens) {
  std::error_code ec;
  const auto door = listener::create({.name = io.argument(0)}, ec);
  io.send(ec ? isthmus::to_string(static_cast<errc>(ec.value())) : "ready");
  io.receive();
  return 0;
}

TEST_CASE("a listener's name goes with it when it is killed, and connections are closed",
          "[channel][LIFE-01]") {
  const auto name = unique_name("killed");
  for (int round = 0; round < 3; ++round) {
    ready_child host("listens", {name});
    auto guest = channel::connect({.name = name});
    CHECK(code_of([&] { (void)listener::create({.name = name}); }) == errc::already_exists);
    host.kill();
    CHECK(guest.receive(patience()).status == channel_status::closed);
    CHECK(code_of([&] { (void)channel::connect({.name = name}); }) == errc::not_found);
  }
  auto door = listener::create({.name = name});
  auto guest = channel::connect({.name = name});
  CHECK(door.accept(patience()));
}

TEST_CASE("a listener that is stopped keeps its name and holds nobody up", "[channel]") {
  const auto name = unique_name("stopped");
  ready_child host("listens", {name});
  host.stop();
  CHECK(time_of([&] {
          CHECK(code_of([&] { (void)listener::create({.name = name}); }) == errc::already_exists);
          auto guest = channel::connect({.name = name}, patience());
          CHECK(guest.receive(moment).status == channel_status::timeout);
        }) < scaled(5s));
  host.resume();
}

// Takes the name as often as it is told to: "go" is answered by "mine" or the error.
CHILD(takes_name) {
  io.send("ready");
  listener door;
  for (;;) {
    const auto order = io.receive();
    std::error_code ec;
    if (order == "go") door = listener::create({.name = io.argument(0)}, ec);
    if (order == "close") door.close();
    io.send(!ec ? "mine" : ec == errc::already_exists ? "already_exists" : ec.message());
  }
}

TEST_CASE("of listeners that race for a name exactly one wins", "[channel][NAME-24]") {
  const auto name = unique_name("race");
  std::list<ready_child> racers;
  for (int i = 0; i < 4; ++i) racers.emplace_back("takes_name", std::vector{name});
  for (int round = 0; round < repetitions(100) + 5; ++round) {
    for (auto& each : racers) each.send("go");
    auto winner = racers.end();
    for (auto each = racers.begin(); each != racers.end(); ++each) {
      const auto answer = each->receive();
      if (answer != "mine") {
        CHECK(answer == "already_exists");
        continue;
      }
      CHECK(winner == racers.end());
      winner = each;
    }
    REQUIRE(winner != racers.end());
    auto guest = channel::connect({.name = name}, patience());
    CHECK(guest.peer().process_id == winner->id());
    // Every other time the name has to be taken over from one that was killed.
    if (round % 2 == 0) {
      winner->ask("close");
    } else {
      winner->kill();
      racers.erase(winner);
      racers.emplace_back("takes_name", std::vector{name});
    }
  }
}
