// SPDX-License-Identifier: MIT
//
// One object in one thread's wait for one or any of several. The wait engine (seats.cpp) knows no
// more of an object than this:
//
//     begin      only signal_and_wait: what is given from now on is not missed, though the wait
//                comes later; true: it is satisfied already
//     give_back  the same: it is not to be; what `begin` took goes back
//     take       takes it if that can be: signaled, abandoned, timeout ("not now"), or failed; the
//                last is a mutex only, which says why (`refuse`)
//     settle     prepares a sleep: registers, and says which words to watch and how long at most;
//                false: something has changed, take again
//     woken      after each sleep
//     leave      the wait is over, and it was not this object that ended it: whatever was meant for
//                us goes to somebody else
//
// The first look has some patience: it waits out what is only passing, so that a test without a
// time limit gives a true answer and the first ready object of a list wins (WAIT-05).
#pragma once

#include "posix/waits/counted_seat.hpp"
#include "posix/waits/latch_seat.hpp"
#include "posix/waits/mutex_seat.hpp"

#include <variant>

namespace isthmus::detail {

using seat = std::variant<mutex_seat, counted_seat, latch_seat>;

}  // namespace isthmus::detail
