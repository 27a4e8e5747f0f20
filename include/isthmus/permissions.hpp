// SPDX-License-Identifier: MIT
//
// Permissions: who else may open an object, decided by whoever creates it. Private by default.
//
// Win32: a security descriptor for the creating user and the system, with an entry for each wider
// audience. POSIX: owner and mode of the object's file, whatever the umask is. There
//
//   - in scope::session wider permissions are accepted and reach nobody, because the session is one
//     user; scope::global is for the others
//   - waiting takes writing: whoever may only read gets nothing of a mutex and its kin
//   - a section of a file is opened by others with their own right to that file
//
// Who may change an object is trusted with all of it, see docs/security.md. Reference: ACL-06 to
// ACL-09, HARD-28, HARD-29.
#pragma once

#include <isthmus/platform.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace isthmus {

/// A circle of users.
enum class audience {
  owner,     ///< the user who creates the object (and, on Win32, the system)
  group,     ///< also the creator's primary group (POSIX: its effective one)
  everyone,  ///< also every other user of the machine
};

/// Who may open a new object. Ignored when an existing one is opened (CRE-11).
struct permissions {
  audience read = audience::owner;    ///< who may read, copy, execute and wait
  audience modify = audience::owner;  ///< who may write and modify as well
  /// The system's own words instead of the two above: SDDL on Win32 (`D:P(A;;GA;;;OW)`), the mode
  /// in octal on POSIX (`0640`; the owner may read and write in any case).
  std::string_view native = {};
};

/// Who made an object. Before relying on a global one, compare the user with whom you expect. Of
/// what came through a channel, this says whose it is, and channel::peer() who sent it.
struct creator_info {
  /// Win32: the owner's SID. POSIX: the user id of the object's file or memory; always as the
  /// system says, never as the object itself does.
  std::string user;
  /// Absent where the system does not tell (Win32), and for a file that came from another process.
  /// POSIX: what stands in the object, where whoever may write to it can change it; so no proof.
  std::optional<std::uint32_t> process_id;
};

}  // namespace isthmus
