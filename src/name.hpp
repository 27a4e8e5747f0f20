// SPDX-License-Identifier: MIT
//
// Reads names as users write them (include/isthmus/name.hpp).
#pragma once

#include <isthmus/name.hpp>

#include "failure.hpp"

#include <string_view>

namespace isthmus::detail {

/// A name that has passed all checks.
struct parsed_name {
  std::string_view text;         ///< without prefix; empty: unnamed
  scope where = scope::session;  ///< never automatic
};

/// The scope that is meant: `automatic` without a name's prefix is the session's.
[[nodiscard]] constexpr scope without_prefix(scope where) noexcept {
  return where == scope::automatic ? scope::session : where;
}

/// Checks a name and takes its prefix off. An empty name is fine here (it means "unnamed").
[[nodiscard]] parsed_name parse_name(std::string_view name, scope where, failure& why);

/// The same for operations that need a name: empty is invalid_argument (NAME-04).
[[nodiscard]] parsed_name parse_required_name(std::string_view name, scope where, failure& why);

}  // namespace isthmus::detail
