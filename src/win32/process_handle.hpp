// SPDX-License-Identifier: MIT
#pragma once

#include "dispatcher.hpp"

namespace isthmus::detail {

/// Frees the state of a process, whose handle has been closed.
void delete_process(dispatcher& process) noexcept;

}  // namespace isthmus::detail
