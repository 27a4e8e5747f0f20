// SPDX-License-Identifier: MIT
//
// POSIX keeps no time of birth, but that of the last change of the file's state. For an object that
// is its publishing, mostly.
#include "posix/system/birth.hpp"

#include <sys/stat.h>

namespace isthmus::detail {

std::optional<std::chrono::system_clock::time_point> birth_of(int fd) noexcept {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return std::nullopt;
  return std::chrono::system_clock::from_time_t(info.st_ctime);
}

}  // namespace isthmus::detail
