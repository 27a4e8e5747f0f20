// SPDX-License-Identifier: MIT
//
// Rights. Each handle carries its own: they are asked for when it is made and checked before each
// operation (errc::access_denied). Rights do not imply one another.
//
//            | section                                       | mutex and its kin
//   read     | map to read                                   |
//   write    | map to write                                  |
//   copy     | the section's pages are copied when written   |
//   execute  | map to execute                                |
//   wait     |                                               | lock, wait
//   modify   |                                               | change the state otherwise
//
// On Win32 they are the object's access mask. On POSIX a handle without `write` is a read-only
// descriptor, and the kernel keeps another user who was given it from writing. A program of the
// same user can get around that, and the other rights are kept by the library: they prevent
// mistakes, not ill will. Reference: ACL-01 to ACL-03, ACL-15, DUP-03, VIEW-01, VIEW-06, MTX-04.
#pragma once

#include <isthmus/platform.hpp>

#include <cstdint>
#include <string>

namespace isthmus {

/// A set of rights; combine with `|`.
enum class access : std::uint32_t {
  none = 0,
  read = 1,
  write = 2,
  copy = 4,
  execute = 8,
  wait = 16,
  modify = 32,
};

[[nodiscard]] constexpr access operator|(access a, access b) noexcept {
  return static_cast<access>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
[[nodiscard]] constexpr access operator&(access a, access b) noexcept {
  return static_cast<access>(static_cast<std::uint32_t>(a) & static_cast<std::uint32_t>(b));
}
/// Whether `granted` has every right in `wanted`.
[[nodiscard]] constexpr bool includes(access granted, access wanted) noexcept {
  return (granted & wanted) == wanted;
}

/// For example "read|write"; "none" for the empty set.
[[nodiscard]] ISTHMUS_API std::string to_string(access value);

}  // namespace isthmus
