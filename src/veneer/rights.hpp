// SPDX-License-Identifier: MIT
//
// Rights as Win32 counts them: a mask of bits for each kind of object (ACL-01 to ACL-05).
#pragma once

#include "entry.hpp"

#include <isthmus/win32.h>
#include <isthmus/access.hpp>

namespace isthmus::veneer {

/// What the generic rights mean for a kind, and which rights it has.
struct rights_map {
  DWORD read;
  DWORD write;
  DWORD execute;
  DWORD all;
};

/// What stands for rights that differ from kind to kind.
inline constexpr DWORD generic_rights =
    GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL | MAXIMUM_ALLOWED;
/// A right that takes a privilege.
inline constexpr DWORD access_system_security = 0x01000000;

/// Puts specific rights for the generic ones. ERROR_ACCESS_DENIED for none at all and for bits that
/// the kind does not have (ACL-04).
[[nodiscard]] DWORD resolve_rights(DWORD asked, const rights_map& map, DWORD& granted) noexcept;

[[nodiscard]] const rights_map& rights_of(entry_kind kind) noexcept;

/// The library's rights that a handle of this kind must have for these. The library knows no handle
/// without any, so there the least one stands; the veneer's own mask refuses what goes beyond.
[[nodiscard]] access access_of(entry_kind kind, DWORD granted) noexcept;

}  // namespace isthmus::veneer
