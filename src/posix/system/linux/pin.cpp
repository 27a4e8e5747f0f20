// SPDX-License-Identifier: MIT
//
// A pin is a descriptor that was opened with O_PATH: it opens nothing, whatever it leads to. To
// open it, /proc is needed.
#include "posix/system/pin.hpp"

#include "posix/system/holders.hpp"
#include "posix/system/listing.hpp"
#include "posix/system/retry.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <utility>

// Headers of the C library may be older than those of the kernel; it is the same number everywhere.
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

namespace isthmus::detail {
namespace {

constexpr int pin_flags = O_PATH | O_CLOEXEC;

/// A descriptor of this process that is the wanted file, among those in /proc/<id>/fd.
descriptor pin_of_process(std::uint32_t id, dev_t device, ino_t inode) noexcept {
  std::array<char, 40> path{};
  std::snprintf(path.data(), path.size(), "/proc/%u/fd", id);
  const descriptor files(::open(path.data(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  descriptor found;
  if (!files) return found;
  // Where the list cannot be read to its end, what has been found counts, or nothing.
  (void)for_each_entry(files.get(), std::numeric_limits<int>::max(), [&](const char* number) {
    struct statx known {};  // as it is known here: no server of files is asked
    if (found || ::statx(files.get(), number, AT_STATX_DONT_SYNC, STATX_INO, &known) != 0 ||
        known.stx_ino != inode)
      return;
    descriptor pin(::openat(files.get(), number, pin_flags));
    struct stat info {};
    if (pin && ::fstat(pin.get(), &info) == 0 && info.st_dev == device && info.st_ino == inode)
      found = std::move(pin);
  });
  return found;
}

}  // namespace

descriptor pin_path(const char* path) noexcept {
  open_how how{};
  how.flags = pin_flags | O_NOFOLLOW;
  how.resolve = RESOLVE_NO_SYMLINKS;
  const auto fd = retry([&] { return ::syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how); });
  if (fd >= 0 || (errno != ENOSYS && errno != EPERM && errno != E2BIG))
    return descriptor(static_cast<int>(fd));
  // Before Linux 5.6, and in sandboxes that do not know it: what counts is what the pin shows.
  descriptor pin(retry([&] { return ::open(path, pin_flags | O_NOFOLLOW); }));
  struct stat info {};
  if (!pin || ::fstat(pin.get(), &info) != 0 || !S_ISLNK(info.st_mode)) return pin;
  errno = ELOOP;
  return {};
}

descriptor pin_of_holder(const struct stat& anchor, dev_t device, ino_t inode) {
  std::array<held_anchor, 1> wanted{held_anchor{anchor.st_dev, anchor.st_ino}};
  if (find_holders(wanted) == sight::none) return {};
  for (const process_note& holder : wanted[0].holders)
    if (descriptor pin = pin_of_process(holder.id, device, inode)) return pin;
  return {};
}

descriptor open_pinned(const descriptor& pin, const char*, int mode) noexcept {
  std::array<char, 40> path{};
  std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", pin.get());
  descriptor fd(
      retry([&] { return ::open(path.data(), mode | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); }));
  struct stat links {};
  if (!fd && errno == ENOENT && ::stat("/proc/self/fd", &links) != 0) errno = ENOSYS;
  return fd;
}

}  // namespace isthmus::detail
