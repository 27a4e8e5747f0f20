// SPDX-License-Identifier: MIT
#include "view.hpp"

#include "posix/section_state.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/memory.hpp"
#include "posix/system/no_cancel.hpp"
#include "posix/system/retry.hpp"
#include "posix/system/space.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

namespace isthmus::detail {
namespace {

/// What committing through a view needs, kept with views of `reserve` sections only.
struct committer {
  descriptor fd;
  std::byte* base = nullptr;
  std::uint64_t offset = 0;
};

/// Touching pages behind a file's end is a fault, so a file that has shrunk is told now (HARD-08).
bool still_there(int fd, const map_request& request, failure& why) {
  struct stat info {};
  if (::fstat(fd, &info) == 0 &&
      static_cast<std::uint64_t>(info.st_size) >= request.offset + request.length)
    return true;
  why.set(errc::file_changed, "the file has become shorter since the section was made");
  return false;
}

int protection_of(const map_request& request) noexcept {
  return PROT_READ | (request.use == page_use::read ? 0 : PROT_WRITE) |
         (request.execute ? PROT_EXEC : 0);
}

void* map_where_wanted(const map_request& request, int fd) noexcept {
  const int sharing = request.use == page_use::copy ? MAP_PRIVATE : MAP_SHARED;
  if (request.base != nullptr)
    return map_exactly(request.base, request.length, protection_of(request), sharing, fd,
                       request.offset);
  return ::mmap(nullptr, request.length, protection_of(request), sharing, fd,
                static_cast<off_t>(request.offset));
}

void explain(int error, const map_request& request, failure& why) {
  if (request.base != nullptr && error == EEXIST) {
    why.set(errc::address_in_use);
  } else if (request.base != nullptr && error == EFAULT) {
    why.set(errc::invalid_argument, "the address is not one that a program may use");
  } else if (error == EPERM && request.execute) {
    why.set_native(error, "the file system is mounted noexec");
  } else {
    fail_with(error, why);
  }
}

}  // namespace

std::size_t view_granularity() noexcept { return static_cast<std::size_t>(page_size()); }

std::byte* map_pages(const section_state& from, const map_request& request, void*& owner,
                     failure& why) {
  const no_cancel whole;
  const body& object = *static_cast<const posix_section&>(from).object;
  const int fd = object.bytes_fd();
  if (from.file && !still_there(fd, request, why)) return nullptr;
  if (request.offset > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
    why.set(errc::out_of_range);
    return nullptr;
  }
  std::unique_ptr<committer> commits;
  if (from.reserve && request.use != page_use::read) {
    commits = std::make_unique<committer>();
    commits->fd = descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    commits->offset = request.offset;
    if (!commits->fd) {
      fail_with(errno, why);
      return nullptr;
    }
  }
  void* const place = map_where_wanted(request, fd);
  if (place == MAP_FAILED) {
    explain(errno, request, why);
    return nullptr;
  }
  auto* const base = static_cast<std::byte*>(place);
  if (commits) commits->base = base;
  owner = commits.release();
  return base;
}

void unmap_pages(std::byte* base, std::size_t length, void* owner, failure& why) noexcept {
  const no_cancel whole;
  delete static_cast<committer*>(owner);
  if (::munmap(base, length) != 0) why.set_native(errno);
}

void flush_pages(std::byte* address, std::size_t length, failure& why) {
  const no_cancel whole;
  const std::size_t before = reinterpret_cast<std::uintptr_t>(address) % view_granularity();
  if (retry([&] { return ::msync(address - before, length + before, MS_SYNC); }) != 0)
    fail_with(errno, why);
}

void commit_pages(std::byte* address, std::size_t length, void* owner, failure& why) {
  const no_cancel whole;
  const auto* const commits = static_cast<const committer*>(owner);
  if (commits == nullptr) return;  // committed when it was made
  const auto begin = commits->offset + static_cast<std::uint64_t>(address - commits->base);
  const std::uint64_t first = begin / page_size() * page_size();
  const std::uint64_t last = (begin + length + page_size() - 1) / page_size() * page_size();
  if (check_space(commits->fd.get(), last, last - first, "shared memory", why))
    take_space(commits->fd.get(), first, last - first, "shared memory", why);
}

}  // namespace isthmus::detail
