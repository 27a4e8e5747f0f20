// SPDX-License-Identifier: MIT
#include "runtime.hpp"

#include <cstdlib>

namespace isthmus::detail {

std::string runtime_path() {
  const char* const chosen = ::secure_getenv("ISTHMUS_RUNTIME_DIR");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/dev/shm";
}

}  // namespace isthmus::detail
