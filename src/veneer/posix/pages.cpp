// SPDX-License-Identifier: MIT
#include "../pages.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace isthmus::veneer {
namespace {

run seek_run(int fd, std::uint64_t offset, std::uint64_t limit) noexcept {
  const auto within = [&](off_t place) {
    return std::min(place < 0 ? limit : static_cast<std::uint64_t>(place), limit) - offset;
  };
  const off_t data = ::lseek(fd, static_cast<off_t>(offset), SEEK_DATA);
  if (data != static_cast<off_t>(offset)) return {false, within(data)};
  return {true, within(::lseek(fd, static_cast<off_t>(offset), SEEK_HOLE))};
}

/// Whether the system knows holes in this file: its end is one, if no other is.
bool knows_holes(int fd) noexcept { return ::lseek(fd, 0, SEEK_HOLE) >= 0; }

}  // namespace

std::size_t page_size() noexcept {
  static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

std::uint32_t processors() noexcept {
  return static_cast<std::uint32_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
}

std::byte* free_place(std::size_t length) noexcept {
  const std::size_t with_room = length + view_alignment;
  if (with_room < length) return nullptr;
  void* const place =
      ::mmap(nullptr, with_room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) return nullptr;
  ::munmap(place, with_room);
  auto* const begin = static_cast<std::byte*>(place);
  return begin + (0 - reinterpret_cast<std::uintptr_t>(begin)) % view_alignment;
}

bool protect(std::byte* base, std::size_t length, page_use use) noexcept {
  const int allowed = (use.read ? PROT_READ : PROT_NONE) | (use.write ? PROT_WRITE : PROT_NONE) |
                      (use.execute ? PROT_EXEC : PROT_NONE);
  return ::mprotect(base, length, allowed) == 0;
}

file_id id_of(native_handle_type file) noexcept {
  struct stat info {};
  if (::fstat(file, &info) != 0) return {};
  return {static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino)};
}

kept_descriptor::kept_descriptor(native_handle_type from) noexcept
    : fd_(::fcntl(from, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)) {}

kept_descriptor::~kept_descriptor() {
  if (fd_ != -1) ::close(fd_);
}

run run_at(native_handle_type memory, std::uint64_t offset, std::uint64_t limit) noexcept {
  if (!knows_holes(memory)) return {true, limit - offset};
  return seek_run(memory, offset, limit);
}

}  // namespace isthmus::veneer
