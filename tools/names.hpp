// SPDX-License-Identifier: MIT
//
// How names are written for people, and read again. One rule for all subcommands: \xHH is a byte.
// No name has a backslash but behind a leading Local or Global, so nothing else can be meant.
#pragma once

#include <isthmus/name.hpp>

#include <string>
#include <string_view>

namespace tool {

/// A text that can be shown: a byte that would move the cursor, or is no UTF-8, becomes \x1b.
[[nodiscard]] std::string printable(std::string_view text);

/// An argument as the name that it means.
[[nodiscard]] std::string name_from(std::string_view argument);

/// The scope that a name's prefix says, which is taken off; else what `--scope` says.
[[nodiscard]] isthmus::scope take_scope(std::string_view& name, isthmus::scope option) noexcept;

/// A name, with its prefix if it has one, as an argument that means it.
[[nodiscard]] std::string name_text(std::string_view name);

/// The same for a name without a prefix, of this scope. Has a prefix where it needs one: in the
/// global scope, and where an argument would be taken for something else.
[[nodiscard]] std::string name_text(std::string_view name, isthmus::scope where);

}  // namespace tool
