// SPDX-License-Identifier: MIT
#include "posix/system/rename.hpp"

#include <stdio.h>

#include <cerrno>

namespace isthmus::detail {

int rename_new(int directory, const char* from, const char* to) noexcept {
  if (::renameat(directory, from, directory, to) == 0) return 0;
  return errno == ENOTEMPTY ? EEXIST : errno;
}

}  // namespace isthmus::detail
