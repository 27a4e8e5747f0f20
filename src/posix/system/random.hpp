// SPDX-License-Identifier: MIT
//
// Numbers that nobody can guess and no two processes share.
#pragma once

#include <cstdint>

namespace isthmus::detail {

std::uint64_t random_number() noexcept;

}  // namespace isthmus::detail
