// SPDX-License-Identifier: MIT
//
// What is known of an object, for programs. What is unknown is null; keys are never left out.
#pragma once

#include <isthmus/inspect.hpp>

#include <string>
#include <string_view>

namespace tool {

/// A text in quotes. What is no UTF-8 becomes a replacement character.
[[nodiscard]] std::string json_text(std::string_view text);

/// One object, on one line.
[[nodiscard]] std::string json_of(const isthmus::object_report& object);

}  // namespace tool
