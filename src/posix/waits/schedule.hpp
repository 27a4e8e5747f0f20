// SPDX-License-Identifier: MIT
//
// The schedules of timers. There is no thread: whoever looks at a timer (a waiter, mostly) works
// out whether it has expired, and if so takes the step that an event's setter takes. A timer's word
// is an event's, with this in the bits that those leave free, so that expiry and signal are one
// step:
//
//     bit  33     armed                       bits 35–49  ticks   expiries so far, modulo 2^15
//     bit  34     which of two schedules      bits 50–63  armings, modulo 2^14
//
//     step    when                           what                                  by whom
//     expire  armed, expiries by now differ  as give 1 (counted.hpp) or set        anybody who
//     looks
//             from ticks                     (latch.hpp), and ticks; without a
//                                            period: not armed
//     arm     guard lock held, the other     not set, armed, the other schedule,   arm
//             schedule written               ticks = 0, armings+1; wakes all
//     cancel  guard lock held                not armed, armings+1                  cancel
//
// Expiries that nobody saw coalesce into one (TMR-07). Should a periodic timer stay unwatched for
// an exact multiple of 2^15 periods, the signal comes one period late.
//
// An absolute schedule follows the wall clock until somebody sees that its time has come; from then
// on `beat` holds that moment on the monotonic clock, and the period counts from there.
#pragma once

#include "posix/words/layout.hpp"
#include "timer.hpp"

#include <chrono>
#include <cstdint>

namespace isthmus::detail {

/// Takes the step `expire` if it is due. Gives when to look again: the next expiry, or earlier
/// where the wall clock might be set meanwhile; the largest value where nothing is to come.
/// `registered`: the caller is one of those to whom the grant may go, so it does not wait for it to
/// be claimed.
std::uint64_t expire(dispatcher_block& block, bool registered) noexcept;

/// With the guard lock: the two other steps.
void write_schedule(dispatcher_block& block, const due_time& due,
                    std::chrono::milliseconds period) noexcept;
void drop_schedule(dispatcher_block& block) noexcept;

/// What the schedule says at this moment to somebody who takes no step.
struct schedule_view {
  bool armed = false;
  bool expired = false;      ///< the next look will find it set
  std::uint64_t due_in = 0;  ///< nanoseconds, if armed
  std::uint64_t period = 0;  ///< nanoseconds
};
schedule_view view_schedule(dispatcher_block& block) noexcept;

inline constexpr std::uint64_t never = ~std::uint64_t{0};

}  // namespace isthmus::detail
