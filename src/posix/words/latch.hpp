// SPDX-License-Identifier: MIT
//
// The word of manual events and manual timers: set or not, for everybody.
//
//     bit   0     set                                  bit 32  sleepers  somebody may be asleep
//     bit   1     guard  a wait for all counts on it
//     bits  2– 7  turn   timers: counts schedules
//     bit   2     pulsed events: there for the waits for all that began before the pulse
//     bits  8–31  times  counts how often it was set
//
//     step    when       what                       by whom
//     set     not set    set, times+1, no sleepers  set, expiry; wakes all if sleepers
//     reset   no guard   not set, not pulsed        reset, arm
//     pulse   no guard   not set, times+1, no       pulse; wakes all; pulsed where waits for all
//                        sleepers, pulsed?          sleep, which it calls
//     end     no guard   not pulsed                 pulse, when those called have looked
//     sleep   not set    sleepers                   whoever is about to sleep
//     turn    any        turn+1, no sleepers        arm; wakes all, they look at the new time
//     guard   set or     guard; later cleared       holder of the guard lock
//             pulsed
//
// A waiter remembers `times` as it was when it came. It is satisfied when the latch is set, or when
// `times` has moved: then it was set in between, even if it was reset at once (EVT-05). A wait for
// all needs all of its objects at the same time, so it is satisfied when the latch is set, or when
// it is pulsed and `times` has moved: whoever comes when a pulse has begun is not released by it,
// and nobody twice. A pulse whose giver died stays for those until the next reset or pulse. Waiters
// leave nothing behind, dead or alive. Sleepers is cleared in the same step that sets, because
// clearing it later would lose the one who comes in between.
#pragma once

#include <cstdint>

namespace isthmus::detail::latch {

inline constexpr std::uint64_t is_set = 1;
inline constexpr std::uint64_t guard = 2;
inline constexpr std::uint64_t pulsed = 4;
inline constexpr std::uint64_t sleepers = std::uint64_t{1} << 32;

constexpr std::uint32_t times(std::uint64_t word) noexcept {
  return static_cast<std::uint32_t>(word) >> 8;
}

namespace parts {

constexpr std::uint64_t low(std::uint64_t word, std::uint64_t value) noexcept {
  return (word & ~std::uint64_t{0xFFFFFFFF}) | (value & 0xFFFFFFFF);
}

}  // namespace parts

constexpr std::uint64_t set(std::uint64_t word) noexcept {
  if ((word & is_set) != 0) return word;
  return (parts::low(word, word + 0x100) | is_set) & ~sleepers;
}
constexpr std::uint64_t reset(std::uint64_t word) noexcept { return word & ~is_set; }
/// Of events, as the following ones.
constexpr std::uint64_t reset_event(std::uint64_t word) noexcept {
  return word & ~(is_set | pulsed);
}
constexpr std::uint64_t pulse(std::uint64_t word) noexcept {
  return parts::low(word, word + 0x100) & ~(is_set | sleepers | pulsed);
}
constexpr std::uint64_t pulse_for_all(std::uint64_t word) noexcept { return pulse(word) | pulsed; }
constexpr std::uint64_t end_pulse(std::uint64_t word) noexcept { return word & ~pulsed; }
constexpr std::uint64_t next_turn(std::uint64_t word) noexcept {
  return ((word & ~std::uint64_t{0xFC}) | ((word + 4) & 0xFC)) & ~sleepers;
}

}  // namespace isthmus::detail::latch
