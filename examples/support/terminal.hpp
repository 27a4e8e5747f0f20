// SPDX-License-Identifier: MIT
#pragma once

namespace support {

/// Whether somebody watches the standard error output on a terminal.
[[nodiscard]] bool watched() noexcept;

}  // namespace support
