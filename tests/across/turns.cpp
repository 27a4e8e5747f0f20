// SPDX-License-Identifier: MIT
//
// Processes that take turns, each signalling one object and waiting for the other's answer.
#include "support/turns.hpp"

#include "support/child.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/isthmus.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace support;
using isthmus::event;
using isthmus::mutex;
using isthmus::reset_mode;
using isthmus::section;
using isthmus::semaphore;
using isthmus::view;

namespace {

/// Calls `play(lock, answer)` with the objects of two kinds, which the first who comes makes.
template <class Play>
std::string with_kinds(const std::string& stem, const std::string& lock, const std::string& answer,
                       Play play) {
  const auto with_lock = [&](auto first) {
    if (answer == "semaphore")
      return play(first,
                  semaphore::open_or_create({.name = stem + "answer", .initial = 0, .maximum = 1}));
    const auto mode = answer == "manual" ? reset_mode::manual : reset_mode::automatic;
    return play(first, event::open_or_create({.name = stem + "answer", .mode = mode}));
  };
  const auto name = stem + "lock";
  if (lock == "mutex") return with_lock(mutex::open_or_create({.name = name}));
  if (lock == "semaphore")
    return with_lock(semaphore::open_or_create({.name = name, .initial = 1, .maximum = 1}));
  return with_lock(event::open_or_create({.name = name, .initially_set = true}));
}

}  // namespace

CHILD(takes_turns) {
  const auto stem = io.argument(0);
  const auto memory = section::open({.name = stem + "table"});
  const auto numbers = view::map(memory);
  const auto wrong = with_kinds(stem, io.argument(1), io.argument(2), [&](auto& lock, auto answer) {
    io.send("ready");
    io.receive();
    return take_turns(lock, answer, io.argument(2) == "manual", numbers.template as<turn_table>(),
                      1, std::stoi(io.argument(3)));
  });
  io.send(wrong.empty() ? "done" : wrong);
  return 0;
}

TEST_CASE("processes take turns by two objects that each signals for the other",
          "[wait][WAIT-17][WAIT-20]") {
  const int wanted = turns(100'000);
  for (const std::string lock : {"mutex", "semaphore", "event"}) {
    for (const std::string answer : {"event", "manual", "semaphore"}) {
      CAPTURE(lock, answer);
      const auto stem = unique_name("turns");
      const auto memory = section::create({.name = stem + "table", .size = 4096});
      const auto numbers = view::map(memory);
      auto& table = numbers.as<turn_table>();
      const auto wrong = with_kinds(stem, lock, answer, [&](auto& first, auto second) {
        child other("takes_turns", {stem, lock, answer, std::to_string(wanted)});
        other.expect("ready");
        other.send("go");
        auto ours = take_turns(first, second, answer == "manual", table, 0, wanted);
        other.expect("done", 2 * patience());
        return ours;
      });
      CHECK(wrong.empty());
      CHECK(table.taken >= least_turns);
    }
  }
}
