// SPDX-License-Identifier: MIT
//
// How all processes of a user come to the same session directory, whenever they start, and whatever
// other users do in the place where it lies.
//
// There others can take any name that they can guess, and give it back at any moment. So no name is
// the one to agree on. What they cannot do is to make, rename or remove a directory that is this
// user's. So the session's directory is the one that is ours:
//
//     isthmus-<uid>.<n>      n is 0 where that is free, else a random number
//     isthmus-<uid>.new-<x>  a wish to make it; x is random. Locked (flock) as long as its maker
//                            lives, from before it has this name
//
// Once there is one, all find it, and nobody makes another. To make it is to be alone among those
// who wish to (Burns's algorithm, with a directory for a flag):
//
//     1  list: is there one? then it is that. Any wish of a living process? wait, and again
//     2  make a directory of a temporary name, lock it, and rename it to a wish
//     3  list again: is there one? A wish of a lower name? withdraw, and again
//     4  wait for the wishes of higher names that were there: these withdraw, or were before us
//     5  list again: is there one? else rename the wish to the directory's name
//
// Of two that wish, one has listed after the other's wish had its name. If that is the higher, it
// withdraws; if the lower, it waits until the higher has renamed or withdrawn, and looks once more.
// Renaming takes the wish away and makes the directory in one step, so a listing that was under way
// and saw neither is followed by one that sees the directory.
//
//     killed after     leaves                           who repairs
//     2, before named  an empty isthmus-t.<uid>.<x>     clean()
//     2 to 5           a wish that nobody has locked    whoever comes by it in 1 to 4, or clean()
//     5                the directory
//
// A process that is stopped in 2 to 5 delays the others for two seconds, and then they are told
// busy; that can happen only while the user has no directory yet.
#pragma once

#include "posix/names/directory.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace isthmus::detail {

/// Finds this user's directory in `base`, or makes it. nullptr on failure.
std::shared_ptr<directory> open_session(const std::string& base, failure& why);

/// Removes what processes have left that died while they made it.
void sweep_wishes(const directory& session) noexcept;

}  // namespace isthmus::detail
