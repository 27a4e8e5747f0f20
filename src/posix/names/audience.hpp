// SPDX-License-Identifier: MIT
//
// Who else may open an object, as owner and mode of its file.
//
//                      file        directory of a global name
//     nobody           0600        0700
//     group            0660        0770
//     everyone         0666        0777
//     everyone reads   0644        0755
//
// Whoever may hold an object and change it may also write in its directory, so that a dead one can
// be removed by whoever comes next. Waiting takes writing, so an audience that only reads gets
// nothing of a dispatcher object (HARD-28).
#pragma once

#include <isthmus/permissions.hpp>

#include "failure.hpp"
#include "kind.hpp"

#include <sys/stat.h>

namespace isthmus::detail {

/// Permissions make sense. In a session nobody but its user gets at anything, whatever they say.
bool check_permissions(const isthmus::permissions& wanted, failure& why);

/// The mode of an object's file. The permissions have been checked.
mode_t file_mode(const isthmus::permissions& wanted, kind of, bool of_file) noexcept;

/// The mode of a global name's directory.
mode_t folder_mode(mode_t file) noexcept;

/// Whether a directory of our own is for the same audience as an object with this mode and group.
bool same_audience(const struct stat& folder, mode_t file, gid_t group) noexcept;

/// Whether an object with this mode and group may be put into the directory of another user: only
/// where nobody gets to write who may not change the object.
bool may_share(const struct stat& folder, mode_t file, gid_t group) noexcept;

/// Whether whoever wrote the file was somebody who may write in the directory, as far as its owner
/// can tell (a private object's directory has nothing in it but what its owner put there).
bool belongs_in(const struct stat& folder, const struct stat& file) noexcept;

}  // namespace isthmus::detail
