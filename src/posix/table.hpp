// SPDX-License-Identifier: MIT
//
// The named objects that this process has open.
#pragma once

#include "body.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace isthmus::detail {

std::shared_ptr<body> table_find(const directory& dir, std::string_view file, bool read_only);
void table_add(const std::shared_ptr<body>& made, std::string_view file);
/// Takes the entry out if it is not somebody else's by now.
void table_remove(const body& gone, std::string_view file) noexcept;

/// All there are at the moment.
std::vector<std::shared_ptr<body>> table_all();

}  // namespace isthmus::detail
