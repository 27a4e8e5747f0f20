// SPDX-License-Identifier: MIT
//
// By the manual page fcntl(2), which wants room for MAXPATHLEN (1024) characters.
#include "posix/system/path.hpp"

#include <fcntl.h>

namespace isthmus::detail {

bool place_of(int fd, std::array<char, 4096>& path) noexcept {
  path = {};
  return ::fcntl(fd, F_GETPATH, path.data()) == 0;
}

}  // namespace isthmus::detail
