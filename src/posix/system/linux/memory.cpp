// SPDX-License-Identifier: MIT
#include "posix/system/memory.hpp"

#include "posix/system/fail_with.hpp"
#include "posix/system/retry.hpp"

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

/// Whether pages without any memory can be had: there, or anywhere (nullptr). 0 or an error number.
int try_address(void* address, std::size_t length) noexcept {
  const int exactly = address != nullptr ? MAP_FIXED_NOREPLACE : 0;
  void* const place = ::mmap(address, length, PROT_NONE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | exactly, -1, 0);
  if (place == MAP_FAILED) return errno;
  ::munmap(place, length);
  return address == nullptr || place == address ? 0 : EEXIST;
}

/// What it means that the system will not map at an address: it does not tell an address that no
/// program can have from a want of memory (ENOMEM), nor from a file that must not be run (EPERM).
int meaning_at(void* address, std::size_t length, int error) noexcept {
  if (error != ENOMEM && error != EPERM && error != EINVAL) return error;
  const int there = try_address(address, length);
  if (there == 0 || there == EEXIST) return there == 0 ? error : EEXIST;
  return try_address(nullptr, length) == 0 ? EFAULT : error;
}

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

void* map_exactly(void* address, std::size_t length, int protection, int sharing, int fd,
                  std::uint64_t offset) noexcept {
  // Not as a hint: file systems with huge pages (ext4, xfs, btrfs, tmpfs) move large mappings away
  // from one.
  void* const place = ::mmap(address, length, protection, sharing | MAP_FIXED_NOREPLACE, fd,
                             static_cast<off_t>(offset));
  if (place == address) return place;
  if (place == MAP_FAILED) {
    errno = meaning_at(address, length, errno);
    return MAP_FAILED;
  }
  // Before Linux 4.17 the flag is not known, and the address is a hint after all.
  ::munmap(place, length);
  errno = EEXIST;
  return MAP_FAILED;
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
