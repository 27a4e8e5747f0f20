// SPDX-License-Identifier: MIT
//
// By the manual page fcntl(2) of FreeBSD 13.1: F_KINFO.
#include "posix/system/path.hpp"

#include <fcntl.h>
#include <sys/types.h>
#include <sys/user.h>

#include <string_view>

namespace isthmus::detail {

bool place_of(int fd, std::array<char, 4096>& path) noexcept {
  path = {};
  struct kinfo_file info {};
  info.kf_structsize = sizeof info;
  if (::fcntl(fd, F_KINFO, &info) != 0) return false;
  const std::string_view text = info.kf_path;
  text.copy(path.data(), path.size() - 1);
  return !text.empty();
}

}  // namespace isthmus::detail
