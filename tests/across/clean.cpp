// SPDX-License-Identifier: MIT
#include <isthmus/clean.hpp>

#include "support/child.hpp"
#include "support/kinds.hpp"
#include "support/mutexes.hpp"
#include "support/names.hpp"

#include <isthmus/error.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <string>
#include <system_error>
#include <vector>

using namespace support;
using isthmus::errc;

// Holds many objects until it is killed.
CHILD(hoarder) {
  std::vector<isthmus::section> sections;
  std::vector<isthmus::mutex> mutexes;
  for (int i = 0; i < 20; ++i) {
    const auto number = std::to_string(i);
    sections.push_back(
        isthmus::section::create({.name = io.argument(0) + "s" + number, .size = 1}));
    mutexes.push_back(isthmus::mutex::create({.name = io.argument(0) + "m" + number}));
  }
  io.send("ready");
  io.receive();
  return 0;
}

TEST_CASE("clean removes nothing of the living and leaves no name of the dead",
          "[clean][LIFE-01][LIFE-03]") {
  const auto dead = unique_name("dead");
  const auto alive = unique_name("alive");
  child victim("hoarder", {dead});
  child survivor("hoarder", {alive});
  victim.expect("ready");
  survivor.expect("ready");
  auto mine = isthmus::mutex::open({.name = dead + "m7"});
  victim.kill();
  std::error_code ec = make_error_code(errc::busy);
  (void)isthmus::clean(isthmus::scope::automatic, ec);
  CHECK_FALSE(ec);
  for (int i = 0; i < 20; ++i) {
    const auto number = std::to_string(i);
    CAPTURE(number);
    const auto section = "s" + number;
    const auto mutex = "m" + number;
    CHECK(isthmus::section::open({.name = alive + section}));
    CHECK(isthmus::mutex::open({.name = alive + mutex}));
    CHECK_FALSE(isthmus::section::open({.name = dead + section}, ec));
    CHECK(ec == errc::not_found);
    CHECK(static_cast<bool>(isthmus::mutex::open({.name = dead + mutex}, ec)) == (i == 7));
  }
  CHECK(lock_within(mine) == isthmus::wait_status::signaled);
  mine.unlock();
}

TEST_CASE("cleaning again and again, by several, does no harm", "[clean]") {
  const auto stem = unique_name("again");
  for (int i = 0; i < 2; ++i) {
    ready_child victim("hoarder", {stem});
    victim.kill();
    in_thread([] { (void)isthmus::clean(); });
    (void)isthmus::clean();
  }
  CHECK(isthmus::section::create({.name = stem + "s0", .size = 1}).created());
}
