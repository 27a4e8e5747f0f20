// SPDX-License-Identifier: MIT
#include "memory.hpp"

#include "posix_failure.hpp"
#include "retry.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

namespace isthmus::detail {

namespace {

constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

}  // namespace

descriptor make_memory(mode_t mode) noexcept {
  // It comes with the mode 0777, and whoever gets a descriptor of it, though one to read only, can
  // open it again by /proc with whatever the mode allows.
  descriptor fd(::memfd_create("isthmus", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (fd && ::fchmod(fd.get(), mode) != 0) {
    const int error = errno;
    fd.reset();
    errno = error;
  }
  return fd;
}

void seal_memory(int fd) noexcept { ::fcntl(fd, F_ADD_SEALS, seals); }

bool is_memory(int fd) noexcept {
  // Only files of tmpfs and of huge pages have seals at all, and the kernel keeps both itself.
  struct statfs info {};
  return ::fcntl(fd, F_GET_SEALS) >= 0 && ::fstatfs(fd, &info) == 0 && info.f_type == TMPFS_MAGIC;
}

bool is_sealed(int fd) noexcept {
  const int has = ::fcntl(fd, F_GET_SEALS);
  return is_memory(fd) && (has & seals) == seals;
}

descriptor open_again(int fd, int mode) noexcept {
  std::array<char, 40> path{};
  std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", fd);
  return descriptor(::open(path.data(), mode | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

bool cannot_open_again(int error) noexcept {
  return error == ENOENT || error == ENOTDIR || error == EACCES;
}

void explain_open_again(int error, std::string_view purpose, failure& why) {
  if (error == ENOENT || error == ENOTDIR) {
    why.set(errc::not_supported, fmt::format("/proc is not mounted; it is needed to {}", purpose));
  } else if (error == EACCES) {
    why.set_native(error, fmt::format("it belongs to another user, so it cannot be opened again "
                                      "to {}",
                                      purpose));
  } else {
    fail_with(error, why);
  }
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
