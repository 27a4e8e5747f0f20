// SPDX-License-Identifier: MIT
#pragma once

#include <array>

namespace isthmus::detail {

/// This program's file name without folders, cut to fit, ended by a zero.
void program_name(std::array<char, 64>& name) noexcept;

}  // namespace isthmus::detail
