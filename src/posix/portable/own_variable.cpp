// SPDX-License-Identifier: MIT
#include "../own_variable.hpp"

#include <unistd.h>

#include <cstdlib>

namespace isthmus::detail {

std::string own_variable(const char* name) {
  if (::geteuid() != ::getuid() || ::getegid() != ::getgid()) return {};
  const char* const value = ::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace isthmus::detail
