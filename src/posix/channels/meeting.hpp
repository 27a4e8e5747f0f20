// SPDX-License-Identifier: MIT
//
// How the two ends of a channel find each other, by the anchor and the socket that a listener has
// in the folder of listeners (listeners.hpp).
//
// The anchor lives and dies as those of objects do (anchor.hpp): published whole, held by the
// listener alone, dead when nobody holds it, and only ever removed by whoever has claimed it. It is
// the first to come and the last to go, so a socket is always named by an anchor, and nobody but
// the anchor's holder or claimer touches it:
//
//     step                          who                killed right after it
//     publish the anchor            create             a dead anchor; nobody can connect
//     make the socket, listen       create             a dead anchor with its socket
//     claim, still linked?          create, clean      the claim goes: dead as before
//     remove the socket             create, close      a dead anchor without socket
//     remove the anchor             create, close      nothing is left
//
// Who connects takes no lock at all, so nobody can be held up by it: the kernel refuses a socket
// that nobody listens to. A name that is published and not listened to yet is not found yet.
#pragma once

#include "failure.hpp"
#include "name.hpp"
#include "posix/names/directory.hpp"
#include "posix/system/descriptor.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace isthmus::detail {

/// A listener's hold on its name.
struct meeting {
  std::shared_ptr<const directory> dir;  ///< the session's
  descriptor folder;                     ///< `c/` in it
  file_name entry{{}};                   ///< the anchor's
  descriptor anchor;                     ///< held
  std::uint64_t generation = 0;          ///< fork_generation() when it was made
};

/// Takes the name and listens: already_exists, or busy, where somebody has it.
bool found_meeting(std::string_view name, meeting& made, descriptor& listening, failure& why);
/// Gives the name up.
void leave_meeting(meeting& left) noexcept;

/// Connects to the name's listener: not_found, or busy.
descriptor join_meeting(std::string_view name, failure& why);

}  // namespace isthmus::detail
