// SPDX-License-Identifier: MIT
#include "posix/system/own_variable.hpp"

#include <cstdlib>

namespace isthmus::detail {

std::string own_variable(const char* name) {
  const char* const value = ::secure_getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace isthmus::detail
