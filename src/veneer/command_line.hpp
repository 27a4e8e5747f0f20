// SPDX-License-Identifier: MIT
//
// Command lines, as the C runtime of Windows splits them. Backslashes are ordinary, except before a
// quote, where two stand for one and an odd one makes the quote ordinary. Within quotes, two quotes
// stand for one. In the first word, the program, there are quotes only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace isthmus::veneer {

struct split_line {
  std::string program;
  std::vector<std::string> arguments;
};
[[nodiscard]] split_line split(std::string_view line);

/// The other way.
[[nodiscard]] std::string joined(const std::vector<std::string>& words);

}  // namespace isthmus::veneer
