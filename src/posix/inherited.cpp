// SPDX-License-Identifier: MIT
#include "inherited.hpp"

#include "posix/system/fail_with.hpp"
#include "posix/system/own_variable.hpp"
#include "process.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace isthmus::detail {

std::string own_hint() { return own_variable(std::string(hint_variable).c_str()); }

bool make_ready(carrier& what, failure& why) {
  // The child's standard streams come to lie on 0 to 2. A copy has the same description, and
  // closing the other one does not let it go.
  if (what.get() > STDERR_FILENO) return true;
  const int moved = ::fcntl(what.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (moved < 0) {
    fail_with(errno, why);
    return false;
  }
  what = carrier(moved);
  return true;
}

std::uint64_t number_of(native_handle_type handle) noexcept {
  return static_cast<std::uint64_t>(handle);
}

native_handle_type handle_of(std::uint64_t number) noexcept {
  return number > STDERR_FILENO && number <= INT_MAX ? static_cast<int>(number) : -1;
}

carrier copy_inherited(native_handle_type handle) noexcept {
  return carrier(handle < 0 ? -1 : ::fcntl(handle, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

std::array<std::uint64_t, 2> identity_of(native_handle_type handle) noexcept {
  struct stat info {};
  if (::fstat(handle, &info) != 0) return {};
  return {static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino)};
}

std::uint32_t this_process_id() noexcept { return static_cast<std::uint32_t>(::getpid()); }

}  // namespace isthmus::detail
