// SPDX-License-Identifier: MIT
//
// With a temporary name from the beginning, because what belongs to the object is made after its
// anchor: it must be found again when its maker has died on the way. The temporary file is held
// like an object, so that a sweep removes it when its maker has died, and only then.
#include "posix/names/publish.hpp"

#include "posix/names/life_lock.hpp"
#include "posix/system/back_off.hpp"
#include "posix/system/random.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace isthmus::detail {

unpublished_file make_unpublished(int directory, const char* stem) noexcept {
  unpublished_file file;
  file.home = directory;
  struct stat info {};
  int error = 0;
  // A sweep may come between the making and the holding. Then there is a lock in the way for an
  // instant, or the name has gone.
  for (back_off pause; !pause.too_long(); pause.once()) {
    std::snprintf(file.temporary.data(), file.temporary.size(), "%s%016llx", stem,
                  static_cast<unsigned long long>(random_number()));
    file.fd.reset();
    file.fd = descriptor(::openat(directory, file.temporary.data(),
                                  O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.fd) return file;
    error = hold(file.fd.get());
    if (error == 0 && ::fstat(file.fd.get(), &info) == 0 && info.st_nlink > 0) return file;
    discard(file);
    if (error != 0 && error != EAGAIN) break;
  }
  file.fd.reset();
  errno = error != 0 ? error : EAGAIN;
  return file;
}

int publish(unpublished_file& file, int directory, const char* name) noexcept {
  // Nobody else comes in between: whoever gives an object its name has a turn at it, and the names
  // of records are random. So the anchor has one name at any time, and a kill leaves it one.
  struct stat info {};
  if (::fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) == 0) return EEXIST;
  if (errno != ENOENT) return errno;
  if (::renameat(file.home, file.temporary.data(), directory, name) != 0) return errno;
  file.temporary[0] = '\0';
  return 0;
}

void discard(unpublished_file& file) noexcept {
  if (file.temporary[0] == '\0') return;
  ::unlinkat(file.home, file.temporary.data(), 0);
  file.temporary[0] = '\0';
}

}  // namespace isthmus::detail
