// SPDX-License-Identifier: MIT
//
// Windows hands a program its arguments as one text; the C runtime takes it apart again.
#pragma once

#include "failure.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace isthmus::detail {

/// The text that the C runtime reads as these arguments.
[[nodiscard]] std::wstring command_line(std::wstring_view program,
                                        const std::vector<std::string>& arguments, failure& why);

/// Whether the system would give the file to its shell.
[[nodiscard]] bool is_batch_file(std::wstring_view program) noexcept;

}  // namespace isthmus::detail
