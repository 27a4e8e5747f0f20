// SPDX-License-Identifier: MIT
//
// How long tests wait. Every wait has a limit. The environment variable ISTHMUS_TEST_SLOW
// multiplies them all: for emulators, sanitizers and busy machines.
#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace support {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using time_limit = std::chrono::milliseconds;

/// What ISTHMUS_TEST_SLOW says, otherwise 1.
[[nodiscard]] double slow_factor();

/// What is repeated, or tried at each instruction, is done so much less: for builds beside one in
/// which the same code has had all of it. What ISTHMUS_TEST_LESS says, otherwise 1.
[[nodiscard]] double less_factor();

/// `limit` times the factor.
[[nodiscard]] time_limit scaled(time_limit limit);

/// For what will happen: reaching it is a failure.
[[nodiscard]] inline time_limit patience() { return scaled(30s); }

/// For watching what must not happen. Never a sleep: it is the limit of a wait of the library.
inline constexpr time_limit moment = 50ms;

/// Waits until `holds()` is true; false where the limit passes first. It looks often at first, for
/// what comes at once, and once in a millisecond in the end.
template <class Predicate>
[[nodiscard]] bool eventually(Predicate holds, time_limit limit = patience()) {
  const auto end = clock::now() + limit;
  for (auto pause = 20us; !holds(); pause = std::min<std::chrono::microseconds>(2 * pause, 1ms)) {
    if (clock::now() > end) return false;
    std::this_thread::sleep_for(pause);
  }
  return true;
}

/// Measures the time of one call.
template <class Call>
[[nodiscard]] clock::duration time_of(Call call) {
  const auto start = clock::now();
  call();
  return clock::now() - start;
}

}  // namespace support
