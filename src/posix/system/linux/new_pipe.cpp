// SPDX-License-Identifier: MIT
#include "posix/system/new_pipe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

namespace isthmus::detail {

bool new_pipe(descriptor& read_end, descriptor& write_end) noexcept {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  read_end = descriptor(ends[0]);
  write_end = descriptor(ends[1]);
  return true;
}

}  // namespace isthmus::detail
