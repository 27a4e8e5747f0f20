// SPDX-License-Identifier: MIT
//
// How time limits are read. What waits do with them is in mutex_timed.cpp.
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>

using namespace std::chrono_literals;
using isthmus::detail::limit_of;
using std::chrono::nanoseconds;

TEST_CASE("the ways in which a wait ends have names", "[wait]") {
  CHECK(to_string(isthmus::wait_status::signaled) == "signaled");
  CHECK(to_string(isthmus::wait_status::abandoned) == "abandoned");
  CHECK(to_string(isthmus::wait_status::timeout) == "timeout");
  CHECK(to_string(isthmus::wait_status::failed) == "failed");
}

TEST_CASE("a limit is rounded up, never down", "[wait][WAIT-01]") {
  using picoseconds = std::chrono::duration<std::int64_t, std::pico>;
  CHECK(limit_of(1ns) == 1ns);
  CHECK(limit_of(1500us) == 1'500'000ns);
  CHECK(limit_of(1h) == 3600s);
  CHECK(limit_of(picoseconds(1)) == 1ns);
  CHECK(limit_of(picoseconds(1001)) == 2ns);
  CHECK(limit_of(std::chrono::duration<double>(1e-10)) == 1ns);
  CHECK(limit_of(std::chrono::duration<float>(0.5f)) == 500ms);
}

TEST_CASE("a negative limit is zero", "[wait][WAIT-01]") {
  using doubles = std::chrono::duration<double>;
  CHECK(limit_of(0s) == 0ns);
  CHECK(limit_of(-1ns) == 0ns);
  CHECK(limit_of(nanoseconds::min()) == 0ns);
  CHECK(limit_of(std::chrono::hours::min()) == 0ns);
  CHECK(limit_of(doubles(-std::numeric_limits<double>::infinity())) == 0ns);
  CHECK(limit_of(doubles(std::numeric_limits<double>::quiet_NaN())) == 0ns);
}

TEST_CASE("a limit beyond all limits saturates", "[wait][WAIT-01]") {
  using doubles = std::chrono::duration<double>;
  CHECK(limit_of(nanoseconds::max()) == nanoseconds::max());
  CHECK(limit_of(std::chrono::hours::max()) == nanoseconds::max());
  CHECK(limit_of(std::chrono::seconds(10'000'000'000)) == nanoseconds::max());
  CHECK(limit_of(doubles(std::numeric_limits<double>::infinity())) == nanoseconds::max());
  CHECK(limit_of(doubles(1e300)) == nanoseconds::max());
}
