// SPDX-License-Identifier: MIT
#include "publish.hpp"

#include "life_lock.hpp"
#include "random.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace isthmus::detail {
namespace {

int link_by_descriptor(int fd, int directory, const char* name) noexcept {
  if (::linkat(fd, "", directory, name, AT_EMPTY_PATH) == 0) return 0;
  if (errno != ENOENT && errno != EPERM) return errno;
  // Before Linux 6.10 that needed a privilege; this does not.
  std::array<char, 40> path{};
  std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", fd);
  return ::linkat(AT_FDCWD, path.data(), directory, name, AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}

}  // namespace

unpublished_file make_unpublished(int directory) noexcept {
  unpublished_file file;
  file.fd = descriptor(::openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file.fd || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return file;
  // A file system without files that have no name: a temporary one, which is held like an object,
  // so that a sweep removes it when we have died, and only then.
  struct stat info {};
  do {
    std::snprintf(file.temporary.data(), file.temporary.size(), ".t%016llx",
                  static_cast<unsigned long long>(random_number()));
    file.fd = descriptor(::openat(directory, file.temporary.data(),
                                  O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.fd || hold(file.fd.get()) != 0) return file;
  } while (::fstat(file.fd.get(), &info) == 0 && info.st_nlink == 0);
  return file;
}

int publish(unpublished_file& file, int directory, const char* name) noexcept {
  if (file.temporary[0] == '\0') return link_by_descriptor(file.fd.get(), directory, name);
  if (::linkat(directory, file.temporary.data(), directory, name, 0) != 0) return errno;
  discard(file, directory);
  return 0;
}

void discard(unpublished_file& file, int directory) noexcept {
  if (file.temporary[0] == '\0') return;
  ::unlinkat(directory, file.temporary.data(), 0);
  file.temporary[0] = '\0';
}

}  // namespace isthmus::detail
