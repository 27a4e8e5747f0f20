// SPDX-License-Identifier: MIT
#include "posix/system/runtime.hpp"

#include "posix/system/own_variable.hpp"

namespace isthmus::detail {

std::string runtime_path() {
  const std::string chosen = own_variable("ISTHMUS_RUNTIME_DIR");
  return chosen.empty() ? "/dev/shm" : chosen;
}

}  // namespace isthmus::detail
