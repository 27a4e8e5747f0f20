// SPDX-License-Identifier: MIT
//
// By the file system's own note of it, which tmpfs keeps since Linux 6.1; before, by the last
// change of the file's state, which for an object is its publishing.
#include "posix/system/birth.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace isthmus::detail {

std::optional<std::chrono::system_clock::time_point> birth_of(int fd) noexcept {
  using namespace std::chrono;
  struct statx info {};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_BTIME | STATX_CTIME, &info) != 0) return std::nullopt;
  const auto& when = (info.stx_mask & STATX_BTIME) != 0 ? info.stx_btime : info.stx_ctime;
  return system_clock::time_point(
      duration_cast<system_clock::duration>(seconds(when.tv_sec) + nanoseconds(when.tv_nsec)));
}

}  // namespace isthmus::detail
