// SPDX-License-Identifier: MIT
//
// Timers that fire again and again.
#include "support/crowd.hpp"
#include "support/errors.hpp"
#include "support/signals.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>
#include <isthmus/timer.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <system_error>

using namespace support;
using isthmus::errc;
using isthmus::reset_mode;
using isthmus::timer;
using std::chrono::milliseconds;
using std::chrono::system_clock;

TEST_CASE("beats that nobody waited for are one, and the beat goes on", "[timer][TMR-07]") {
  constexpr auto period = 60ms;
  bool on_the_beat = false;
  for (int round = 0; round < 20 && !on_the_beat; ++round) {
    auto object = timer::create();
    auto pause = timer::create();
    const auto start = clock::now();
    object.arm(period, period);
    pause.arm(period * 7 / 2);
    REQUIRE(fires(pause));
    // Three beats have passed, and one more for each period that the machine was busy.
    CHECK(ready_now(object));
    // Since the start, whole periods have passed and not much more, unless the machine is busy now.
    on_the_beat = true;
    for (int i = 0; i < 3; ++i) {
      REQUIRE(fires(object));
      if ((clock::now() - start) % period > period / 2) on_the_beat = false;
    }
    object.cancel();
  }
  CHECK(on_the_beat);
}

TEST_CASE("a periodic timer fires again and again until it is cancelled or armed anew",
          "[timer][TMR-07][TMR-10]") {
  auto object = timer::create();
  const auto start = clock::now();
  object.arm(2ms, 5ms);
  for (int i = 0; i < 5; ++i) REQUIRE(fires(object));
  CHECK(clock::now() - start >= 2ms + 4 * 5ms - timer_tick());
  object.cancel();
  (void)ready_now(object);  // it may have fired before that
  CHECK(rests(object));

  const auto second_start = clock::now();
  object.arm(1ms, 200ms);
  REQUIRE(fires(object));
  object.arm(1ms);
  const bool on_time =
      clock::now() < second_start + 200ms;  // else a beat may have come before that
  REQUIRE(fires(object));
  int more = 0;
  while (more < 3 && !rests(object)) ++more;
  CHECK(more <= (on_time ? 0 : 1));
}

TEST_CASE("a periodic manual timer stays set", "[timer][TMR-08]") {
  auto object = timer::create({.mode = reset_mode::manual});
  object.arm(1ms, 1ms);
  REQUIRE(fires(object));
  for (int i = 0; i < 5; ++i) CHECK(ready_now(object));
  object.cancel();
  CHECK(ready_now(object));
}

TEST_CASE("a period is from 0 to 2^31-1 ms, or invalid_argument and nothing changes",
          "[timer][TMR-09]") {
  auto object = timer::create();
  std::error_code ec;
  for (const auto period :
       {milliseconds(-1), milliseconds::min(), milliseconds(0x80000000LL), milliseconds::max()}) {
    CAPTURE(period.count());
    object.arm(0s, period, ec);
    CHECK(ec == errc::invalid_argument);
    object.arm(system_clock::now(), period, ec);
    CHECK(ec == errc::invalid_argument);
    CHECK(thrown_by([&] { object.arm(0s, period); }).code == errc::invalid_argument);
  }
  CHECK(rests(object));
  object.arm(0s, milliseconds(0x7FFFFFFF));
  CHECK(fires(object));
  CHECK(rests(object));
}
