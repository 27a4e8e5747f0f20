// SPDX-License-Identifier: MIT
#pragma once

#include "descriptor.hpp"

namespace isthmus::detail {

/// A new file in memory without any name, for unnamed objects; errno on failure.
descriptor make_memory() noexcept;

/// Nobody may change its size any more, where the system can promise that.
void seal_memory(int fd) noexcept;

/// Opens again what a descriptor refers to, with another mode: a description of its own.
descriptor open_again(int fd, int mode) noexcept;

}  // namespace isthmus::detail
