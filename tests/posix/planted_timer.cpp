// SPDX-License-Identifier: MIT
//
// Timers whose schedule somebody else has written, with whatever numbers. Built with a sanitizer of
// undefined behaviour, the first test ends at the first sum that overflows.
#include "crowd.hpp"
#include "forked.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "posix/system/sleep.hpp"

#include <isthmus/inspect.hpp>
#include <isthmus/timer.hpp>

#include "posix/waits/schedule.hpp"

#include "support/names.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <chrono>
#include <cstdint>

using namespace white;
using namespace std::chrono_literals;
using isthmus::reset_mode;
using isthmus::timer;
using isthmus::wait_status;
using std::chrono::system_clock;

namespace {

constexpr std::uint64_t top = std::uint64_t{1} << 63;
constexpr std::array<std::uint64_t, 11> extremes{
    0, 1, 2, 1'000'000, 0x80000000, top / 2, top - 2, top - 1, top, top + 1, ~std::uint64_t{0}};

/// Writes both schedules; what a number is for depends on how the timer has been armed.
void plant(const page_of& page, std::uint64_t due, std::uint64_t period, std::uint64_t beat) {
  for (auto& schedule : page->schedules) {
    schedule.due = due;
    schedule.period = period;
    schedule.beat = beat;
  }
}

std::uint64_t monotonic_now() {
  return static_cast<std::uint64_t>(
      std::chrono::nanoseconds(support::clock::now().time_since_epoch()).count());
}

}  // namespace

TEST_CASE("a timer with any numbers in its schedule can be waited for, looked at and armed",
          "[planted][timer]") {
  CHECK(in_child([] {
          for (const auto mode : {reset_mode::automatic, reset_mode::manual}) {
            const auto name = support::unique_name("planted");
            auto alarm = timer::create({.name = name, .mode = mode});
            const page_of page(alarm);
            for (const std::uint64_t due : extremes) {
              for (const std::uint64_t period : extremes) {
                for (const std::uint64_t beat : extremes) {
                  alarm.arm(1h);
                  plant(page, due, period, beat);
                  (void)alarm.wait_for(0ms);
                  (void)alarm.wait_for(1us);
                  (void)isthmus::detail::view_schedule(*page.operator->());
                  alarm.cancel();
                }
              }
            }
            alarm.arm(1h);
            plant(page, top, top, ~std::uint64_t{0});
            const auto report = isthmus::inspect(name);  // it asks all processes, so only once
            if (!report.problem.empty()) return 2;
            alarm.arm(0s);
            if (alarm.wait_for(0ms) != wait_status::signaled) return 1;
          }
          return 0;
        }) == 0);
}

TEST_CASE("a time of the wall clock beyond all times never comes", "[planted][timer][TMR-02]") {
  for (const auto mode : {reset_mode::automatic, reset_mode::manual}) {
    for (const std::uint64_t due : {top - 1, top, top + 1, ~std::uint64_t{0}}) {
      CAPTURE(due);
      auto alarm = timer::create({.mode = mode});
      const page_of page(alarm);
      alarm.arm(system_clock::now() + 1h);
      for (auto& schedule : page->schedules) schedule.due = due;
      CHECK(alarm.wait_for(1ms) == wait_status::timeout);
    }
  }
}

TEST_CASE("a period that leads beyond all time does not make a wait spin",
          "[planted][timer][TMR-07]") {
  const auto sleeps_of = [](timer& alarm) {
    std::atomic<int> sleeps = 0;
    count_sleeps(sleeps);
    CHECK(alarm.wait_for(100ms) == wait_status::timeout);
    no_hook();
    hooks::sleeps = nullptr;
    return sleeps.load();
  };
  auto never = timer::create();
  const int usual = sleeps_of(never);  // the portable engine looks again every 2 ms
  for (const std::uint64_t period : {top, ~std::uint64_t{0} - 1, ~std::uint64_t{0}}) {
    CAPTURE(period, usual);
    auto alarm = timer::create();
    const page_of page(alarm);
    alarm.arm(0s, 1h);
    REQUIRE(alarm.wait_for(support::patience()) == wait_status::signaled);
    const std::uint64_t now = monotonic_now();
    plant(page, 0, period, now - 1'000'000);
    CHECK(sleeps_of(alarm) < (isthmus::detail::portable_engine ? 2 * usual + 20 : 20));
  }
}
