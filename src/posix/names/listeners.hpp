// SPDX-License-Identifier: MIT
//
// Where listeners have their names: the folder `c/` in the session's directory, and in it for each
// name two files:
//
//     =shop                  the listener's anchor: its full name, and which socket is its own
//     s<random number>       the socket
//
// How they come and go is in meeting.hpp; here is what both ends, and those who clean, do with
// them.
#pragma once

#include "clean.hpp"
#include "failure.hpp"
#include "name.hpp"
#include "posix/names/directory.hpp"
#include "posix/system/descriptor.hpp"
#include "posix/words/layout.hpp"

#include <isthmus/clean.hpp>

#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <string>

namespace isthmus::detail {

inline constexpr const char* listener_folder_name = "c";

/// The folder's path, for messages and addresses.
std::string listener_folder(const directory& dir);
/// The folder; empty with errno.
descriptor open_listener_folder(const directory& dir) noexcept;

/// The name of a listener's socket in the folder.
std::array<char, 24> socket_entry(std::uint64_t number) noexcept;

/// A name in the folder.
struct listener_place {
  const directory& dir;
  int folder;
  const char* entry;
};

void not_a_listener(const listener_place& place, failure& why);
/// Opens an anchor. Empty without failure: there is none.
descriptor open_listener(const listener_place& place, int mode, struct stat& info, failure& why);
/// False: this is not a listener's anchor.
bool read_listener(int anchor, listener_header& header) noexcept;

/// Removes a listener's two files; the caller has claimed the anchor.
bool remove_claimed_listener(int folder, const char* entry, int anchor) noexcept;
/// The same if nobody holds it: true when it has gone.
bool remove_dead_listener(int folder, const char* entry) noexcept;

/// Removes what dead listeners have left. Each process looks at a few, once, so that they do not
/// pile up.
void sweep_some_listeners(const directory& dir, int folder) noexcept;
/// All of it, and the folder when it is empty: 0, or the error number of what was in the way.
int sweep_listeners(const directory& dir, cleaning how, clean_result& result) noexcept;

}  // namespace isthmus::detail
