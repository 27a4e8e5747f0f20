// SPDX-License-Identifier: MIT
//
// The named objects that this process has open. The entries are in the objects themselves, so that
// to take one in or out needs no memory: neither can fail, however little of it there is.
#pragma once

#include "posix/objects/body.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace isthmus::detail {

std::shared_ptr<body> table_find(const directory& dir, std::string_view file,
                                 bool read_only) noexcept;
void table_add(body& made) noexcept;
/// Takes the entry out if there is one.
void table_remove(body& gone) noexcept;

/// All there are at the moment.
std::vector<std::shared_ptr<body>> table_all();

}  // namespace isthmus::detail
