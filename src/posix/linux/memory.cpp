// SPDX-License-Identifier: MIT
#include "memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>

#include <array>
#include <cstdio>

namespace isthmus::detail {

descriptor make_memory() noexcept {
  return descriptor(::memfd_create("isthmus", MFD_CLOEXEC | MFD_ALLOW_SEALING));
}

void seal_memory(int fd) noexcept {
  ::fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
}

descriptor open_again(int fd, int mode) noexcept {
  std::array<char, 40> path{};
  std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", fd);
  return descriptor(::open(path.data(), mode | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

}  // namespace isthmus::detail
