// SPDX-License-Identifier: MIT
//
// What is known of an object, in words.
#pragma once

#include "names.hpp"

#include <isthmus/inspect.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// Its name as it can be given to other subcommands.
[[nodiscard]] std::string full_name(const isthmus::object_report& object);

[[nodiscard]] std::string kind_text(const isthmus::object_report& object);
/// `owned by 4711 (writer), twice`, `2 of 7`, `set`, `armed, due in 1.5 s`.
[[nodiscard]] std::string state_text(const isthmus::object_report& object);
/// A section's; empty for all others.
[[nodiscard]] std::string size_text(const isthmus::object_report& object);
/// `4711 (writer), 4712 (reader)`; `unknown`.
[[nodiscard]] std::string holders_text(const isthmus::object_report& object);
/// `3`, `maybe`, `none`, `unknown`.
[[nodiscard]] std::string waiters_text(const isthmus::object_report& object);
[[nodiscard]] std::string permissions_text(const isthmus::object_report& object);
[[nodiscard]] std::string age_text(const isthmus::object_report& object);

/// `--scope` by name.
[[nodiscard]] std::string_view scope_text(isthmus::scope where);

}  // namespace tool
