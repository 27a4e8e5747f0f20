// SPDX-License-Identifier: MIT
//
// Tables of objects for people.
#pragma once

#include <isthmus/inspect.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace tool {

/// A line for each object under a line of titles. With a width, the last columns are left out that
/// have no room, and the others are cut until they fit, the widest first; 0: nothing is cut.
[[nodiscard]] std::string table_of(std::span<const isthmus::object_report> objects,
                                   std::size_t width, bool colour);

}  // namespace tool
