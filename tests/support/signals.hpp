// SPDX-License-Identifier: MIT
//
// What tests do with events and timers again and again.
#pragma once

#include "support/limits.hpp"
#include "support/system.hpp"

#include <isthmus/event.hpp>
#include <isthmus/timer.hpp>

#include <catch2/catch_test_macros.hpp>

#include <initializer_list>

namespace support {

inline constexpr auto both_modes = {isthmus::reset_mode::automatic, isthmus::reset_mode::manual};

[[nodiscard]] inline isthmus::event manual_event() {
  return isthmus::event::create({.mode = isthmus::reset_mode::manual});
}

/// Whether it fires before the test loses its patience.
[[nodiscard]] inline bool fires(isthmus::timer& object) {
  return object.wait_for(patience()) == isthmus::wait_status::signaled;
}

/// Whether it does not, for a moment.
[[nodiscard]] inline bool rests(isthmus::timer& object) {
  return object.wait_for(moment) == isthmus::wait_status::timeout;
}

/// Arms a timer and cancels that through another handle before it fires; whether it then does not.
[[nodiscard]] inline bool cancelled_in_time(isthmus::timer& armed, isthmus::timer& cancelled) {
  for (auto due = 30ms;; due *= 3) {
    const auto start = clock::now();
    armed.arm(due);
    cancelled.cancel();
    const bool in_time = clock::now() < start + due - timer_tick();
    const bool fired = armed.wait_for(due + 70ms) == isthmus::wait_status::signaled;
    if (in_time || due > patience()) return in_time && !fired;
  }
}

/// Armed for now, and certainly set: it has been seen, through a wait that took nothing.
inline void make_set(isthmus::timer& object) {
  auto signal = isthmus::timer::create({.mode = isthmus::reset_mode::manual});
  object.arm(0s);
  signal.arm(0s);
  REQUIRE(fires(signal));
}

}  // namespace support
