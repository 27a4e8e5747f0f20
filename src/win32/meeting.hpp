// SPDX-License-Identifier: MIT
//
// How the two ends of a channel find each other. A listener's name is that of a section of its own,
// and the section says which pipe it listens on. A name of a pipe would not do: each connection
// made through it keeps it alive, case does not count in it, it is short, and anybody can see and
// squat it. The section's name begins with half a surrogate, which no name of an object can have.
#pragma once

#include <isthmus/permissions.hpp>

#include "name.hpp"
#include "win32/handle.hpp"
#include "win32/pipe.hpp"

namespace isthmus::detail {

/// Takes the name: already_exists where somebody has it. It goes with the handle.
[[nodiscard]] unique_handle found_meeting(const parsed_name& name, const permissions& wanted,
                                          failure& why);
/// Tells those who look which pipe it is.
void announce(HANDLE meeting, const pipe_number& number, failure& why);

/// Which pipe the name's listener listens on, and its process: not_found, damaged, …
struct place {
  pipe_number number = {};
  DWORD process = 0;
};
[[nodiscard]] place find_meeting(const parsed_name& name, failure& why);

}  // namespace isthmus::detail
