// SPDX-License-Identifier: MIT
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <limits>
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

inline constexpr int everything = std::numeric_limits<int>::max();

/// The same of a few, by chance: who calls it again and again sees all of them in the end.
template <class Visit>
[[nodiscard]] int for_each_of_some(int directory, int most, std::uint64_t chance, Visit visit) {
  std::uint64_t all = 0;
  if (const int error = for_each_entry(directory, everything, [&](const char*) { ++all; });
      error != 0)
    return error;
  const auto few = static_cast<std::uint64_t>(most);
  // From a place by chance, and past the end from the beginning.
  std::uint64_t place = all == 0 ? 0 : chance % all;
  return for_each_entry(directory, everything, [&](const char* name) {
    if (place < few) visit(name);
    place = place + 1 < all ? place + 1 : 0;
  });
}

}  // namespace isthmus::detail
