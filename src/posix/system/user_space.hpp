// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace isthmus::detail {

/// The kernel's part: the user namespace that this process is in, within which a number means one
/// user. 0 where the system does not tell, or has no such thing.
std::uint64_t user_space() noexcept;

}  // namespace isthmus::detail
