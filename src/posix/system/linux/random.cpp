// SPDX-License-Identifier: MIT
#include "posix/system/random.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <ctime>

namespace isthmus::detail {

std::uint64_t random_number() noexcept {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, GRND_NONBLOCK) == sizeof number) return number;
  // Before the system has gathered any randomness: unique will do.
  struct timespec now {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  number = static_cast<std::uint64_t>(now.tv_nsec) << 32 ^ static_cast<std::uint64_t>(::getpid());
  return (number ^ static_cast<std::uint64_t>(now.tv_sec)) * 0x9E3779B97F4A7C15u;
}

}  // namespace isthmus::detail
