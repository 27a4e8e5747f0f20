// SPDX-License-Identifier: MIT
//
// The word of a mutex: its owner's (words/owner_word.hpp), with the mark G: a wait for all has
// reserved the mutex. It lies in owner_line, at the very end of the object's page.
//
//     step        from            to              by whom, and when
//     lock        0               me              anybody (mutex_fast.hpp)
//     lock        0 | W?          me | W?         anybody; W also if it has slept, because others
//                                                 may be asleep, too
//     die         live | W?       D | W?          the kernel, at the end of the owner's thread; it
//                                                 wakes one sleeper
//     bury        live | W?       D | W?          whoever has other evidence of the owner's death
//                                                 (owners/witness.hpp)
//     take over   dead | W?       me | W?         anybody; this one, and no other, hears
//                                                 `abandoned`
//     block       live            live | W        whoever is about to sleep
//     unlock      me              0               the owner (mutex_fast.hpp)
//     unlock      me | W | G?     0 | G?          the owner; then it wakes one sleeper, and all
//                                                 waits for all
//     guard       0 or dead | W?  … | G           a wait for all (waits/guard.hpp), which then
//                                                 takes it, me | W?, or clears G
//
// Dead is a word with D; or one whose owner a record tells of, and tells that it has ended. No step
// but the last three is possible while G is set. Each step is one compare-and-swap, so a death
// between any two leaves a valid state. `depth` counts the owner's further acquisitions; only the
// owner touches it, and a taker clears it.
#pragma once

#include "posix/words/owner_word.hpp"

#include <cstdint>

namespace isthmus::detail::mutex_word {

inline constexpr std::uint64_t waiters = owner_word::waiters;
inline constexpr std::uint64_t guard = owner_word::mark;
constexpr std::uint64_t owner(std::uint64_t word) noexcept { return owner_word::owner(word); }

}  // namespace isthmus::detail::mutex_word
