// SPDX-License-Identifier: MIT
#pragma once

#include "posix/system/descriptor.hpp"

namespace isthmus::detail {

/// A pipe, both ends close-on-exec. False with errno on failure. One file per system.
bool new_pipe(descriptor& read_end, descriptor& write_end) noexcept;

}  // namespace isthmus::detail
