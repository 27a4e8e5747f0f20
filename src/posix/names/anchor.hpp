// SPDX-License-Identifier: MIT
//
// The life of a name. An object's anchor is one file; its lock (life_lock.hpp) says whether the
// object lives. One rule carries everything: whoever says "it is dead" must first have removed it —
// locked it for removal, seen that it is still linked, unlinked it — and nobody else ever unlinks a
// name, nor renames anything over one. No lock covers more than one name.
//
//     step                          who              killed right after it
//     make, fill, hold              create           the kernel frees everything; there is no name
//     link                          create           a stale anchor: unlocked, still linked
//     ask: held → hold, linked?     open             if it was the last holder: a stale anchor
//     ask: dead → claim, linked?    open, create     the lock goes: stale as before
//     unlink                        whoever claimed  the memory goes with the last view
//     let go, claim, linked?        close            a stale anchor
//
// A stale anchor is removed by the next create or open of its name, or by clean(). A process that
// is stopped between claim and unlink makes others of this name wait for 200 ms, then they are told
// errc::busy; other names are never affected.
#pragma once

#include "clean.hpp"
#include "failure.hpp"
#include "posix/names/directory.hpp"
#include "posix/names/publish.hpp"
#include "posix/names/turn.hpp"
#include "posix/system/descriptor.hpp"
#include "posix/words/layout.hpp"

#include <sys/stat.h>

#include <optional>
#include <string>

namespace isthmus::detail {

enum class found { held, absent, failed };

/// Finds the anchor and holds it; for who has a turn at the name. `mode` is O_RDWR or O_RDONLY. A
/// dead one is removed: absent.
found open_anchor(const directory& dir, const char* name, int mode, descriptor& fd,
                  struct stat& info, failure& why);

/// What it is to find somebody else at work on the name, or what else the system had against it.
void no_turn(const directory& dir, int error, failure& why);

/// Reads the header of a held anchor and checks it: damaged, incompatible_version.
/// Whose it may be is asked elsewhere (check_owner).
bool read_header(int fd, const struct stat& info, anchor_header& header, failure& why);

/// Whether the header is of this name and kind (wrong_kind).
bool check_header(const anchor_header& header, std::string_view name, detail::kind wanted,
                  failure& why);

/// Whether it was made in another user namespace, whose numbers mean other users here.
bool is_abroad(const anchor_header& header) noexcept;

/// What a holder knows when it lets its anchor go.
struct leaving {
  bool probably_last = false;  ///< it made the object: try first what is right for the last one
  bool shared = false;         ///< a fork has shared the description: its lock is not ours alone
  bool read_only = false;      ///< the descriptor cannot lock for removal
};

/// Lets go, closes, and removes the name if this was the last holder. Takes a turn at the name.
bool leave_anchor(const directory& dir, const char* name, descriptor fd, leaving how) noexcept;

/// Removes the anchor if it is dead; the memory that this gives back (or would), or nothing. Takes
/// a turn at the name: who looks at many and has waited in vain for one has no patience for the
/// others.
/// `error` is set where the system was short of something that it takes to look.
std::optional<std::uint64_t> remove_if_dead(const directory& dir, const char* name, cleaning what,
                                            patience& how, int& error) noexcept;

/// The page size.
std::uint64_t page_size() noexcept;

}  // namespace isthmus::detail
