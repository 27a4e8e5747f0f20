// SPDX-License-Identifier: MIT
//
// The word of a mutex: the owner's token (identity.hpp) with two marks in the lowest bits:
//
//     W  somebody may be asleep on the word       G  a wait for all has reserved it
//
//     step        from            to              by whom, and when
//     lock        0               me              anybody (mutex_fast.hpp)
//     lock        0 | W?          me | W?         anybody; W also if it has slept, because others
//                                                 may be asleep, too
//     take over   dead | W?       me | W?         anybody who has seen that the owner's thread has
//                                                 ended; this one, and no other, hears `abandoned`
//     block       live            live | W        whoever is about to sleep
//     unlock      me              0               the owner (mutex_fast.hpp)
//     unlock      me | W | G?     0 | G?          the owner; then it wakes one sleeper, and all
//                                                 waits for all
//     guard       0 or dead | W?  … | G           a wait for all (guard.hpp), which then takes it,
//                                                 me | W?, or clears G
//
// No step but the last three is possible while G is set. Each step is one compare-and-swap, so a
// death between any two leaves a valid state: the token of a dead owner stays in the word and is
// itself the mark that the mutex is abandoned. `depth` counts the owner's further acquisitions;
// only the owner touches it, and a taker clears it.
#pragma once

#include <cstdint>

namespace isthmus::detail::mutex_word {

inline constexpr std::uint64_t waiters = 1;
inline constexpr std::uint64_t guard = 2;
constexpr std::uint64_t owner(std::uint64_t word) noexcept { return word & ~(waiters | guard); }

}  // namespace isthmus::detail::mutex_word
