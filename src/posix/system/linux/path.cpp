// SPDX-License-Identifier: MIT
#include "posix/system/path.hpp"

#include <unistd.h>

#include <cstdio>

namespace isthmus::detail {

bool place_of(int fd, std::array<char, 4096>& path) noexcept {
  std::array<char, 40> link{};
  std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", fd);
  path = {};
  const auto length = ::readlink(link.data(), path.data(), path.size());
  return length > 0 && static_cast<std::size_t>(length) < path.size();
}

}  // namespace isthmus::detail
