// SPDX-License-Identifier: MIT
#include "posix/system/new_pipe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

namespace isthmus::detail {

bool new_pipe(descriptor& read_end, descriptor& write_end) noexcept {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return false;
  read_end = descriptor(ends[0]);
  write_end = descriptor(ends[1]);
  // A program that another thread starts just now has them, too: POSIX knows no better.
  for (const descriptor* end : {&read_end, &write_end}) ::fcntl(end->get(), F_SETFD, FD_CLOEXEC);
  return true;
}

}  // namespace isthmus::detail
