// SPDX-License-Identifier: MIT
#include "memory.hpp"

#include "retry.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
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

int allocate(int fd, std::uint64_t offset, std::uint64_t bytes) noexcept {
  // In steps: a signal that interrupts one takes back that one only, so frequent ones cannot keep a
  // large request from ever being done.
  constexpr std::uint64_t step = 64 << 20;
  while (bytes > 0) {
    const std::uint64_t part = std::min(bytes, step);
    const int error = retry_code([&] {
      return ::posix_fallocate(fd, static_cast<off_t>(offset), static_cast<off_t>(part));
    });
    if (error != 0) return error;
    offset += part;
    bytes -= part;
  }
  return 0;
}

}  // namespace isthmus::detail
