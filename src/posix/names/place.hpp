// SPDX-License-Identifier: MIT
//
// Where an object's file is. In a session it is an entry of the session's directory. A global name
// has a directory of its own, its folder, and the file is in that:
//
//     /dev/shm/                   root's and sticky: what is here is removed by its owner alone
//     /dev/shm/isthmus.<hash>/    made by whoever creates the object, with the object's audience as
//                                 mode (audience.hpp), which never changes
//     /dev/shm/isthmus.<hash>/a   the anchor
//
// So whoever may hold an object may remove its file when it is dead, and nobody else may. An empty
// folder may stay behind, since in a sticky directory its owner alone can remove it; the next
// object of the name goes into it, if its audience is the same.
//
// A folder gets its name when it has its mode: until then it is isthmus-t.<user>.<random>, which a
// sweep removes if it is empty. Its maker then makes another one.
#pragma once

#include "failure.hpp"
#include "posix/names/directory.hpp"
#include "posix/names/publish.hpp"
#include "posix/system/descriptor.hpp"

#include <sys/stat.h>

#include <array>

#include <string_view>

namespace isthmus::detail {

/// Opens an object's file. Nothing is followed, made or waited for. Empty: errno.
descriptor open_file(const directory& dir, const char* entry, int mode) noexcept;

/// Whether the file still has its name; one that has not is another generation's. A session's file
/// is asked for its links. Others may have made further ones: of a global file by its name, of a
/// session's through a descriptor that was sent to them. Then the name is looked at.
bool still_named(const directory& dir, const char* entry, int fd, struct stat& info) noexcept;

/// Whether the name leads to this very file.
bool is_named(const directory& dir, const char* entry, int fd) noexcept;

/// Takes the name from a file whose removal has been claimed: 0 or an error number. `file` is what
/// still_named said of the descriptor.
int remove_name(const directory& dir, const char* entry, int fd, const struct stat& file) noexcept;

/// Whether an object's file belongs to somebody who had the right to put it there: untrusted.
bool check_owner(const directory& dir, const char* entry, const struct stat& file, failure& why);

/// Gives a complete file its name; `mode` is the file's. 0, EEXIST, or another error number, for
/// which `why` may be set already. It may be tried again.
int give_name(unpublished_file& file, const directory& dir, const char* entry, mode_t mode,
              failure& why);

/// Removes a global name's folder if it is empty, and we may: whether it has gone.
bool remove_folder(const directory& dir, const char* entry) noexcept;
/// In scope::global, what the temporary names of this user's new folders and files begin with, and
/// whether an entry has one.
[[nodiscard]] std::array<char, 24> new_stem() noexcept;
[[nodiscard]] bool is_new(std::string_view entry) noexcept;

/// Adds to what is wrong with a global object whose it is.
void say_whose(const directory& dir, const char* entry, failure& why);

/// Why open_file failed with `error`, in words that say whose it is.
void explain(const directory& dir, const char* entry, int error, failure& why);

}  // namespace isthmus::detail
