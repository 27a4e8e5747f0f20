// SPDX-License-Identifier: MIT
//
// The library speaks UTF-8, the system UTF-16.
#pragma once

#include "failure.hpp"

#include <string>
#include <string_view>

namespace isthmus::detail {

/// UTF-8 as UTF-16; invalid_argument where it is not UTF-8.
[[nodiscard]] std::wstring widen(std::string_view text, failure& why);

/// UTF-16 as UTF-8. What is not UTF-16 becomes a replacement character.
[[nodiscard]] std::string narrow(std::wstring_view text);

}  // namespace isthmus::detail
