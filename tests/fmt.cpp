// SPDX-License-Identifier: MIT
#include <isthmus/fmt.hpp>

#include "support/names.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <utility>

using isthmus::mutex;
using isthmus::section;

TEST_CASE("values are formatted as their names", "[fmt]") {
  CHECK(fmt::format("{}", isthmus::errc::not_found) == "not_found");
  CHECK(fmt::format("{}", isthmus::scope::session) == "session");
  CHECK(fmt::format("{}", isthmus::wait_status::abandoned) == "abandoned");
  CHECK(fmt::format("{}", isthmus::reset_mode::automatic) == "automatic");
  CHECK(fmt::format("{}", isthmus::access::read | isthmus::access::write) == "read|write");
  CHECK(fmt::format("{:>10}|", isthmus::errc::busy) == "      busy|");
}

TEST_CASE("objects are formatted with their names", "[fmt]") {
  const auto name = support::unique_name("fmt");
  auto memory = section::create({.name = name + "s", .size = 65536});
  CHECK(fmt::format("{}", memory) == "section \"" + name + "s\" of 65536 bytes");
  CHECK(fmt::format("{}", section::create({.size = 65536})) == "section of 65536 bytes");
  CHECK(fmt::format("{}", section()) == "empty section");
  const auto guard = mutex::create({.name = name + "m"});
  CHECK(fmt::format("{}", guard) == "mutex \"" + name + "m\"");
  CHECK(fmt::format("{}", mutex::create()) == "mutex");
  CHECK(fmt::format("{}", mutex()) == "empty mutex");
  CHECK(fmt::format("{}", isthmus::semaphore::create({.name = name})) ==
        "semaphore \"" + name + "\"");
  CHECK(fmt::format("{}", isthmus::semaphore()) == "empty semaphore");
  CHECK(fmt::format("{}", isthmus::event::create({.name = name})) == "event \"" + name + "\"");
  CHECK(fmt::format("{}", isthmus::event::create()) == "event");
  CHECK(fmt::format("{}", isthmus::timer::create({.name = name})) == "timer \"" + name + "\"");
  CHECK(fmt::format("{:>12}", isthmus::timer()) == " empty timer");
}
