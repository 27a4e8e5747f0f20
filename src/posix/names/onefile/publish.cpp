// SPDX-License-Identifier: MIT
#include "posix/names/publish.hpp"

#include "posix/names/life_lock.hpp"
#include "posix/system/random.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>

namespace isthmus::detail {
namespace {

/// A file without a name could not be given one in this process.
std::atomic<bool> names_first = false;

int link_by_descriptor(int fd, int directory, const char* name) noexcept {
  if (::linkat(fd, "", directory, name, AT_EMPTY_PATH) == 0) return 0;
  if (errno != ENOENT && errno != EPERM) return errno;
  // Before Linux 6.10 that needed a privilege; this does not, but /proc.
  std::array<char, 40> path{};
  std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", fd);
  if (::linkat(AT_FDCWD, path.data(), directory, name, AT_SYMLINK_FOLLOW) == 0) return 0;
  const int error = errno;
  struct stat info {};
  if (error != ENOENT || ::stat(path.data(), &info) == 0) return error;  // the directory has gone
  names_first.store(true, std::memory_order_relaxed);
  return cannot_be_named;
}

}  // namespace

unpublished_file make_unpublished(int directory, const char* stem) noexcept {
  unpublished_file file;
  file.home = directory;
  if (!names_first.load(std::memory_order_relaxed)) {
    file.fd = descriptor(::openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (file.fd || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return file;
  }
  // No files here that have no name: a temporary one, which is held like an object, so that a sweep
  // removes it when we have died, and only then.
  struct stat info {};
  do {
    std::snprintf(file.temporary.data(), file.temporary.size(), "%s%016llx", stem,
                  static_cast<unsigned long long>(random_number()));
    file.fd = descriptor(::openat(directory, file.temporary.data(),
                                  O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.fd || hold(file.fd.get()) != 0) return file;
  } while (::fstat(file.fd.get(), &info) == 0 && info.st_nlink == 0);
  return file;
}

int publish(unpublished_file& file, int directory, const char* name) noexcept {
  if (file.temporary[0] == '\0') return link_by_descriptor(file.fd.get(), directory, name);
  if (::linkat(file.home, file.temporary.data(), directory, name, 0) != 0) return errno;
  discard(file);
  return 0;
}

void discard(unpublished_file& file) noexcept {
  if (file.temporary[0] == '\0') return;
  ::unlinkat(file.home, file.temporary.data(), 0);
  file.temporary[0] = '\0';
}

}  // namespace isthmus::detail
