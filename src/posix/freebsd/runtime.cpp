// SPDX-License-Identifier: MIT
//
// By the manual pages issetugid(2) and hier(7).
#include "runtime.hpp"

#include <unistd.h>

#include <cstdlib>

namespace isthmus::detail {

std::string runtime_path() {
  const char* const chosen = ::issetugid() != 0 ? nullptr : std::getenv("ISTHMUS_RUNTIME_DIR");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/tmp";
}

}  // namespace isthmus::detail
