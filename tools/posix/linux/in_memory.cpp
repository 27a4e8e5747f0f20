// SPDX-License-Identifier: MIT
#include "../places.hpp"

#include <linux/magic.h>
#include <sys/vfs.h>

namespace tool {

bool is_in_memory(const std::string& place) {
  struct statfs info {};
  if (::statfs(place.c_str(), &info) != 0) return true;
  const auto type = static_cast<unsigned long>(info.f_type);
  return type == TMPFS_MAGIC || type == RAMFS_MAGIC || type == HUGETLBFS_MAGIC;
}

}  // namespace tool
