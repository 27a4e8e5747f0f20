// SPDX-License-Identifier: MIT
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace isthmus::detail {

struct close_listing {
  void operator()(DIR* listing) const noexcept { ::closedir(listing); }
};

/// Calls `visit(name)` for up to `most` entries of a directory. 0, or the error number of what kept
/// it from seeing all of them.
template <class Visit>
[[nodiscard]] int for_each_entry(int directory, int most, Visit visit) {
  // Opened anew: a listing moves the position of the description that it reads from.
  const int fd = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, close_listing> listing(fd >= 0 ? ::fdopendir(fd) : nullptr);
  if (!listing) {
    const int error = errno;
    if (fd >= 0) ::close(fd);
    return error;
  }
  while (most-- > 0) {
    errno = 0;  // which tells the end from a failure
    const dirent* const entry = ::readdir(listing.get());
    if (entry == nullptr) return errno;
    visit(static_cast<const char*>(entry->d_name));
  }
  return 0;
}

}  // namespace isthmus::detail
