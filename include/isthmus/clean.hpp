// SPDX-License-Identifier: MIT
//
// Cleaning up after crashes. Names of dead objects are free already and need no cleaning: the next
// create or open of a name reclaims it. But the memory of a name that nobody asks for again waits
// for somebody to look. clean() looks. It removes what no process holds, and nothing else.
//
//   Win32   the system leaves nothing, so there is nothing to do
//   POSIX   goes through the scope's directory: about 1.5 µs for each object
#pragma once

#include <isthmus/name.hpp>
#include <isthmus/platform.hpp>

#include <cstdint>
#include <system_error>

namespace isthmus {

/// What clean() removed, or leftovers() found.
struct clean_result {
  std::uint64_t objects = 0;  ///< objects of processes that crashed
  std::uint64_t records = 0;  ///< of processes that have ended, well or not; they do no harm
  std::uint64_t bytes = 0;    ///< memory given back, unless a view still uses it
};

/// Removes what crashed processes have left in a scope (automatic: session), as far as this user
/// may: of scope::global what it or those of its audience have made, root everything. An error if
/// not everything could be looked at (too_many_handles, for example); what was found is gone then.
ISTHMUS_API clean_result clean(scope where = scope::automatic);
ISTHMUS_API clean_result clean(scope where, std::error_code& ec) noexcept;

/// What clean() would remove at this moment. Removes nothing.
[[nodiscard]] ISTHMUS_API clean_result leftovers(scope where = scope::automatic);
[[nodiscard]] ISTHMUS_API clean_result leftovers(scope where, std::error_code& ec) noexcept;

}  // namespace isthmus
