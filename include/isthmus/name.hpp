// SPDX-License-Identifier: MIT
//
// Names. All kinds of object share one namespace: a name that a section holds cannot become a mutex
// (errc::wrong_kind). A name lives exactly as long as somebody holds the object: when its last
// handle is closed, or its last holder ends in whatever way, the name is free.
//
//   - Valid UTF-8, 1 to max_name_length bytes, compared byte by byte: case matters.
//   - Any character but NUL and the backslash: slashes, spaces, colons, control characters.
//   - A leading `Local\` or `Global\` (exactly so) says the scope and does not count as part of it.
//   - The bare words `Local`, `Global` and `Session` are refused, as is everything else with a
//     backslash in it.
//
// POSIX: names of scope::global need a directory that belongs to root and is sticky, as /dev/shm
// does; elsewhere they are errc::untrusted. If the last holder of a name is not allowed to remove
// it (he may only read the object), or crashed, the name still counts as free for whoever may use
// it; docs/security.md says what of this other users notice.
//
// Reference: NAME-01 to NAME-17.
#pragma once

#include <isthmus/platform.hpp>

#include <cstddef>
#include <string_view>

namespace isthmus {

/// Who can see a name.
enum class scope {
  automatic,  ///< session, unless the name begins with a prefix that says otherwise
  session,    ///< Win32: the logon session (`Local\`). POSIX: the effective user.
  global,     ///< the machine (`Global\`): every user; who may open what, permissions say
};

/// The longest name, in bytes of UTF-8, without its prefix.
inline constexpr std::size_t max_name_length = 1024;

/// "automatic", "session" or "global".
[[nodiscard]] ISTHMUS_API std::string_view to_string(scope value) noexcept;

}  // namespace isthmus
