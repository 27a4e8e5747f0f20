// SPDX-License-Identifier: MIT
#include "support/terminal.hpp"

#include <unistd.h>

namespace support {

bool watched() noexcept { return ::isatty(STDERR_FILENO) == 1; }

}  // namespace support
