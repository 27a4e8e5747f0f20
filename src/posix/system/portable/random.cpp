// SPDX-License-Identifier: MIT
//
// By getentropy, which macOS and FreeBSD have, too; it cannot fail for so few bytes.
#include "posix/system/random.hpp"

#include <sys/random.h>
#include <unistd.h>

namespace isthmus::detail {

std::uint64_t random_number() noexcept {
  std::uint64_t number = 0;
  if (::getentropy(&number, sizeof number) != 0) ::_exit(127);  // not seen in any system's sources
  return number;
}

}  // namespace isthmus::detail
