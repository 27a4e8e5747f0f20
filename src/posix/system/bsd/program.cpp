// SPDX-License-Identifier: MIT
//
// By the manual page getprogname(3), the same on macOS and FreeBSD.
#include "posix/system/program.hpp"

#include <stdlib.h>

#include <string_view>

namespace isthmus::detail {

void program_name(std::array<char, 64>& name) noexcept {
  name = {};
  const char* const known = ::getprogname();
  const std::string_view text = known != nullptr ? known : "";
  text.copy(name.data(), name.size() - 1);
}

}  // namespace isthmus::detail
