// SPDX-License-Identifier: MIT
//
// By the manual page issetugid(2) of macOS and FreeBSD.
#include "posix/system/own_variable.hpp"

#include <unistd.h>

#include <cstdlib>

namespace isthmus::detail {

std::string own_variable(const char* name) {
  if (::issetugid() != 0) return {};
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace isthmus::detail
