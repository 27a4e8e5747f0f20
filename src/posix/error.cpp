// SPDX-License-Identifier: MIT
#include "posix/system/fail_with.hpp"

#include <sys/resource.h>

#include <fmt/format.h>

#include <cerrno>

namespace isthmus::detail {

bool native_means(int number, errc value) noexcept {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return value == errc::not_found;
    case EEXIST:
      return value == errc::already_exists;
    case EACCES:
    case EPERM:
    case EROFS:
      return value == errc::access_denied;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return value == errc::no_space;
    case ENOMEM:
      return value == errc::no_space || value == errc::not_enough_memory;
    case EAGAIN:
      return value == errc::busy || value == errc::not_enough_memory;
    case EPIPE:
    case ECONNRESET:
      return value == errc::closed;
    case EMFILE:
    case ENFILE:
    case ETOOMANYREFS:
      return value == errc::too_many_handles;
    case ENAMETOOLONG:
      return value == errc::name_too_long;
    case ENOLCK:
      return value == errc::limit_exceeded;
    case EINVAL:
    case EBADF:
    case EISDIR:
    case ENOEXEC:
      return value == errc::invalid_argument;
    case ELOOP:
      return value == errc::untrusted;
    case EBUSY:
    case ETXTBSY:
      return value == errc::busy;
    case ENOSYS:
    case EOPNOTSUPP:
    case EPROTONOSUPPORT:
    case ENODEV:
      return value == errc::not_supported;
    default:
      return false;
  }
}

void fail_with(int number, failure& why) {
  struct rlimit limit {};
  if (number == EMFILE && ::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    why.set_native(number,
                   fmt::format("this process has used up its {} descriptors; close some, or "
                               "raise the limit (ulimit -n, RLIMIT_NOFILE)",
                               limit.rlim_cur));
  } else {
    why.set_native(number);
  }
}

}  // namespace isthmus::detail
