// SPDX-License-Identifier: MIT
//
// Permissions in the system's own words. Confirmed by Wine only.
#include "support/mutexes.hpp"
#include "support/names.hpp"

#include <isthmus/isthmus.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <system_error>

using namespace support;
using isthmus::errc;
using isthmus::mutex;
using isthmus::section;

namespace {

// Everybody may wait, and nothing else. The owner may no more than others.
constexpr auto wait_only = "D:P(A;;0x00100000;;;WD)";

}  // namespace

TEST_CASE("permissions give single rights", "[permissions][ACL-08]") {
  const auto name = unique_name("wait");
  auto made = mutex::create({.name = name, .permissions = {.native = wait_only}});
  REQUIRE(made);
  CHECK(isthmus::includes(made.access(), isthmus::access::wait | isthmus::access::modify));
  auto waiting = mutex::open({.name = name, .access = isthmus::access::wait});
  CHECK(lock_within(waiting) == isthmus::wait_status::signaled);
  waiting.unlock();
  std::error_code ec;
  CHECK_FALSE(mutex::open({.name = name}, ec));
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(waiting.duplicate(isthmus::access::wait | isthmus::access::modify, ec));
  CHECK(ec == errc::access_denied);
}

TEST_CASE("creating a name that may not be opened is access_denied", "[permissions][NAME-22]") {
  const auto name = unique_name("denied");
  const auto made = mutex::create({.name = name, .permissions = {.native = wait_only}});
  std::error_code ec;
  CHECK_FALSE(mutex::create({.name = name}, ec));
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(mutex::open_or_create({.name = name}, ec));
  CHECK(ec == errc::access_denied);
}

TEST_CASE("the wrong kind is told even of what may not be opened", "[permissions][NAME-23]") {
  const auto name = unique_name("kind");
  const auto made = mutex::create({.name = name, .permissions = {.native = wait_only}});
  std::error_code ec;
  CHECK_FALSE(section::open({.name = name}, ec));
  CHECK(ec == errc::wrong_kind);
  CHECK_FALSE(section::create({.name = name, .size = 1}, ec));
  CHECK(ec == errc::wrong_kind);
}
