// SPDX-License-Identifier: MIT
#include "memory.hpp"

#include "retry.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

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

ssize_t read_memory(int fd, void* data, std::size_t size, std::uint64_t place) noexcept {
  return retry([&] { return ::pread(fd, data, size, static_cast<off_t>(place)); });
}

ssize_t write_memory(int fd, const void* data, std::size_t size, std::uint64_t place) noexcept {
  return retry([&] { return ::pwrite(fd, data, size, static_cast<off_t>(place)); });
}

}  // namespace isthmus::detail
