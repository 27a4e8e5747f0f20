// SPDX-License-Identifier: MIT
//
// By the manual pages shm_open(2) and fcntl(2). What shm_open makes can be sized once, and mapped,
// but neither read nor written; its memory comes when it is touched.
#include "posix/system/memory.hpp"

#include "posix/system/fail_with.hpp"
#include "posix/system/random.hpp"
#include "posix/system/retry.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace isthmus::detail {
namespace {

/// Makes the file at least this long: 0 or an error number.
int reach(int fd, std::uint64_t end) noexcept {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return errno;
  if (static_cast<std::uint64_t>(info.st_size) >= end) return 0;
  return retry([&] { return ::ftruncate(fd, static_cast<off_t>(end)); }) == 0 ? 0 : errno;
}

/// Copies between a mapping and `data`; -1 and errno on failure.
ssize_t through_mapping(int fd, void* data, std::size_t size, std::uint64_t place, bool writes) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return -1;
  if (static_cast<std::uint64_t>(info.st_size) < place + size) return 0;  // as at a file's end
  const std::uint64_t before = place % static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const auto length = static_cast<std::size_t>(before + size);
  void* const begin = ::mmap(nullptr, length, writes ? PROT_READ | PROT_WRITE : PROT_READ,
                             MAP_SHARED, fd, static_cast<off_t>(place - before));
  if (begin == MAP_FAILED) return -1;
  std::byte* const there = static_cast<std::byte*>(begin) + before;
  if (writes)
    std::memcpy(there, data, size);
  else
    std::memcpy(data, there, size);
  ::munmap(begin, length);
  return static_cast<ssize_t>(size);
}

}  // namespace

descriptor make_memory(mode_t mode) noexcept {
  descriptor fd;
  do {
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "/isthmus-u%016llx",
                  static_cast<unsigned long long>(random_number()));
    // Killed before the name has gone, it leaves a name without memory: the size comes later.
    fd = descriptor(::shm_open(name.data(), O_RDWR | O_CREAT | O_EXCL, mode));
    if (fd) ::shm_unlink(name.data());
  } while (!fd && errno == EEXIST);
  return fd;
}

// It can be sized once only, so there is nothing to seal.
void seal_memory(int) noexcept {}

bool is_memory(int) noexcept { return true; }

bool is_sealed(int) noexcept { return true; }

descriptor open_again(int fd, int mode) noexcept {
  std::array<char, 1024> path{};  // MAXPATHLEN, as F_GETPATH wants it
  struct stat here {};
  struct stat there {};
  if (::fcntl(fd, F_GETPATH, path.data()) == 0) {
    descriptor again(::open(path.data(), mode | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (again && ::fstat(fd, &here) == 0 && ::fstat(again.get(), &there) == 0 &&
        here.st_dev == there.st_dev && here.st_ino == there.st_ino)
      return again;
  }
  return descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

bool cannot_open_again(int) noexcept { return false; }

void explain_open_again(int error, std::string_view, failure& why) { fail_with(error, why); }

ssize_t read_memory(int fd, void* data, std::size_t size, std::uint64_t place) noexcept {
  const auto got = retry([&] { return ::pread(fd, data, size, static_cast<off_t>(place)); });
  return got < 0 ? through_mapping(fd, data, size, place, false) : got;
}

ssize_t write_memory(int fd, const void* data, std::size_t size, std::uint64_t place) noexcept {
  const auto put = retry([&] { return ::pwrite(fd, data, size, static_cast<off_t>(place)); });
  if (put >= 0 || errno != ESPIPE) return put;
  errno = reach(fd, place + size);
  return errno != 0 ? -1 : through_mapping(fd, const_cast<void*>(data), size, place, true);
}

void* map_exactly(void* address, std::size_t length, int protection, int sharing, int fd,
                  std::uint64_t offset) noexcept {
  // The address is a hint: the system has nothing that takes it or fails.
  void* const place = ::mmap(address, length, protection, sharing, fd, static_cast<off_t>(offset));
  if (place == MAP_FAILED || place == address) return place;
  ::munmap(place, length);
  errno = EEXIST;
  return MAP_FAILED;
}

int allocate(int fd, std::uint64_t offset, std::uint64_t bytes) noexcept {
  // A file's room is taken before its size is set; memory has nothing to take.
  struct fstore room {};
  room.fst_flags = F_ALLOCATEALL;
  room.fst_posmode = F_PEOFPOSMODE;
  struct stat info {};
  if (::fstat(fd, &info) != 0) return errno;
  const auto end = static_cast<off_t>(offset + bytes);
  room.fst_length = end - info.st_size;
  if (S_ISREG(info.st_mode) && room.fst_length > 0 && ::fcntl(fd, F_PREALLOCATE, &room) != 0 &&
      errno == ENOSPC)
    return ENOSPC;
  return reach(fd, offset + bytes);
}

}  // namespace isthmus::detail
