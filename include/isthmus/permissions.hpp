// SPDX-License-Identifier: MIT
//
// Permissions: who else may open an object, decided by whoever creates it. Private by default.
//
// Win32: a security descriptor for the creating user and the system, with an entry for each wider
// audience. POSIX: owner and mode of the object's file; in scope::session wider permissions are
// accepted and reach nobody, because the session is one user. Reference: ACL-06 to ACL-09, HARD-28.
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
  group,     ///< also the creator's primary group
  everyone,  ///< also every other user of the machine
};

/// Who may open a new object. Ignored when an existing one is opened (CRE-11).
struct permissions {
  audience read = audience::owner;    ///< who may read, copy, execute and wait
  audience modify = audience::owner;  ///< who may write and modify as well
  /// The system's own words instead of the two above: SDDL on Win32 (`D:P(A;;GA;;;OW)`), the mode
  /// in octal on POSIX (`0640`).
  std::string_view native = {};
};

/// Who made an object.
struct creator_info {
  std::string user;                         ///< Win32: the owner's SID. POSIX: the user id.
  std::optional<std::uint32_t> process_id;  ///< absent where the system does not tell (Win32)
};

}  // namespace isthmus
