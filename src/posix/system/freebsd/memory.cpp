// SPDX-License-Identifier: MIT
//
// By the manual pages shm_open(2) and posix_fallocate(2) of FreeBSD 13.
#include "posix/system/memory.hpp"

#include "posix/system/fail_with.hpp"
#include "posix/system/retry.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace isthmus::detail {

descriptor make_memory(mode_t mode) noexcept {
  return descriptor(::shm_open(SHM_ANON, O_RDWR, mode));
}

void seal_memory(int) noexcept {}

bool is_memory(int) noexcept { return true; }

bool is_sealed(int) noexcept { return true; }

descriptor open_again(int fd, int) noexcept { return descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 0)); }

bool cannot_open_again(int) noexcept { return false; }

void explain_open_again(int error, std::string_view, failure& why) { fail_with(error, why); }

ssize_t read_memory(int fd, void* data, std::size_t size, std::uint64_t place) noexcept {
  return retry([&] { return ::pread(fd, data, size, static_cast<off_t>(place)); });
}

ssize_t write_memory(int fd, const void* data, std::size_t size, std::uint64_t place) noexcept {
  return retry([&] { return ::pwrite(fd, data, size, static_cast<off_t>(place)); });
}

void* map_exactly(void* address, std::size_t length, int protection, int sharing, int fd,
                  std::uint64_t offset) noexcept {
  void* const place = ::mmap(address, length, protection, sharing | MAP_FIXED | MAP_EXCL, fd,
                             static_cast<off_t>(offset));
  // That something is there is the same number as that nothing can be there (mmap(2)).
  if (place == MAP_FAILED && (errno == ENOMEM || errno == EINVAL)) errno = EEXIST;
  return place;
}

int allocate(int fd, std::uint64_t offset, std::uint64_t bytes) noexcept {
  const int error = retry_code(
      [&] { return ::posix_fallocate(fd, static_cast<off_t>(offset), static_cast<off_t>(bytes)); });
  if (error != EINVAL && error != ENODEV && error != EOPNOTSUPP) return error;
  // ZFS cannot promise room, nor can older kernels for memory: then the size is all there is.
  struct stat info {};
  if (::fstat(fd, &info) != 0) return errno;
  const auto end = static_cast<off_t>(offset + bytes);
  return info.st_size >= end || retry([&] { return ::ftruncate(fd, end); }) == 0 ? 0 : errno;
}

}  // namespace isthmus::detail
