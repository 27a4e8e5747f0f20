// SPDX-License-Identifier: MIT
//
// Timers when somebody sets the wall clock. The clock is the library's view of it; it is set by a
// hook, in the middle of the wait.
#include "crowd.hpp"
#include "seams.hpp"

#include <isthmus/timer.hpp>

#include <catch2/catch_test_macros.hpp>

using namespace white;
using namespace std::chrono_literals;
using isthmus::reset_mode;
using isthmus::timer;
using isthmus::wait_status;

namespace {

std::chrono::nanoseconds shift_in_sleep = 0ns;

void set_clock(step where) {
  if (where == step::wait_before_sleep) isthmus::seam::wall_shift = shift_in_sleep.count();
}

/// While one exists, the wall clock is set when somebody is about to sleep.
class clock_set_by {
 public:
  explicit clock_set_by(std::chrono::nanoseconds shift) {
    shift_in_sleep = shift;
    isthmus::seam::hook = set_clock;
  }
  clock_set_by(const clock_set_by&) = delete;
  clock_set_by& operator=(const clock_set_by&) = delete;
  ~clock_set_by() {
    no_hook();
    isthmus::seam::wall_shift = 0;
  }
};

std::chrono::system_clock::time_point in(std::chrono::nanoseconds time) {
  return std::chrono::system_clock::now() +
         std::chrono::duration_cast<std::chrono::system_clock::duration>(time);
}

constexpr reset_mode every_mode[] = {reset_mode::automatic, reset_mode::manual};

}  // namespace

TEST_CASE("an absolute timer fires when the wall clock is set beyond its time",
          "[timer][TMR-02][TMR-13]") {
  for (const reset_mode mode : every_mode) {
    auto clock = timer::create({.mode = mode});
    clock.arm(in(1h));
    const clock_set_by forward(2h);
    CHECK(clock.wait_for(slice + slack()) == wait_status::signaled);
  }
}

TEST_CASE("an absolute timer waits when the wall clock is set back", "[timer][TMR-02][TMR-13]") {
  for (const reset_mode mode : every_mode) {
    auto clock = timer::create({.mode = mode});
    clock.arm(in(100ms));
    {
      const clock_set_by back(-1h);
      CHECK(clock.wait_for(400ms) == wait_status::timeout);
    }
    CHECK(clock.wait_for(slack()) == wait_status::signaled);
  }
}

TEST_CASE("relative timers do not move with the wall clock", "[timer][TMR-02][TMR-13]") {
  for (const reset_mode mode : every_mode) {
    auto clock = timer::create({.mode = mode});
    {
      clock.arm(1h);
      const clock_set_by forward(2h);
      CHECK(clock.wait_for(400ms) == wait_status::timeout);
    }
    clock.arm(100ms);
    const clock_set_by back(-1h);
    CHECK(clock.wait_for(100ms + slack()) == wait_status::signaled);
  }
}

TEST_CASE("an absolute timer keeps its beat when the wall clock is set after its first expiry",
          "[timer][TMR-07][TMR-13]") {
  for (const auto shift : {std::chrono::nanoseconds(-1h), std::chrono::nanoseconds(1h)}) {
    auto clock = timer::create();
    const auto start = support::clock::now();
    clock.arm(in(20ms), 200ms);
    REQUIRE(clock.wait_for(20ms + slack()) == wait_status::signaled);
    const clock_set_by other(shift);
    CHECK(clock.wait_for(200ms + slack()) == wait_status::signaled);
    CHECK(support::clock::now() - start >= 200ms);
  }
}

TEST_CASE("an absolute timer whose time is over by the wall clock fires at once",
          "[timer][TMR-02]") {
  for (const reset_mode mode : every_mode) {
    auto clock = timer::create({.mode = mode});
    clock.arm(in(-1h));
    CHECK(clock.wait_for(0ms) == wait_status::signaled);
    clock.arm(std::chrono::system_clock::time_point{});
    CHECK(clock.wait_for(0ms) == wait_status::signaled);
  }
}
