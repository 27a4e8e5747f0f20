// SPDX-License-Identifier: MIT
//
// By the manual page confstr(3). The directory is the user's own and lies on a disk: anchors are
// written there in time, the bytes of sections are not.
#include "posix/system/runtime.hpp"

#include "posix/system/own_variable.hpp"

#include <unistd.h>

#include <array>

namespace isthmus::detail {

std::string runtime_path() {
  std::string chosen = own_variable("ISTHMUS_RUNTIME_DIR");
  if (!chosen.empty()) return chosen;
  std::array<char, 1024> path{};
  const auto length = ::confstr(_CS_DARWIN_USER_TEMP_DIR, path.data(), path.size());
  return length > 1 && length <= path.size() ? path.data() : "/tmp";
}

}  // namespace isthmus::detail
