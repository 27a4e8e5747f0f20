// SPDX-License-Identifier: MIT
//
// The library's words for whoever runs the command: the object and what to do, without the names of
// functions.
#pragma once

#include <isthmus/error.hpp>

#include <string>
#include <string_view>

namespace tool {

/// A text of the library in which the command is named instead of the function that does the same.
[[nodiscard]] std::string for_people(std::string_view text);

/// `"orders": no space in /dev/shm`, of `section::create("orders"): no space in /dev/shm`.
[[nodiscard]] std::string for_people(const isthmus::error& failure);

}  // namespace tool
