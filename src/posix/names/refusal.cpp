// SPDX-License-Identifier: MIT
#include "posix/names/refusal.hpp"

#include "posix/system/fail_with.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>

namespace isthmus::detail {
namespace {

constexpr const char* use_another_place =
    "set ISTHMUS_RUNTIME_DIR, for all processes that are to meet, to a directory in memory that "
    "they may write in";

/// "owner 0, mode 0755", as far as it can be seen.
std::string owner_and_mode(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return "its owner cannot be seen";
  return fmt::format("owner {}, mode {:04o}", info.st_uid, info.st_mode & 07777);
}

/// A file system that has room for bytes may have none for a further file.
void no_room_for_files(int number, const std::string& path, int fd, failure& why) {
  struct statvfs info {};
  if (fd >= 0 && ::fstatvfs(fd, &info) == 0 && info.f_files != 0 && info.f_ffree == 0) {
    why.set_native(
        number,
        fmt::format("no space in {}: all of its {} inodes are in use; remove files that nobody "
                    "needs (isthmus clean), or allow more (mount -o remount,nr_inodes=...)",
                    path, std::uint64_t{info.f_files}));
  } else if (number == EDQUOT) {
    why.set_native(number, fmt::format("no space in {} for this user, whose quota is used up; "
                                       "remove files there, or have it raised",
                                       path));
  } else {
    why.set_native(number, fmt::format("no space in {}; make it larger, or use less", path));
  }
}

}  // namespace

bool is_shortage(int number) noexcept {
  return number == EMFILE || number == ENFILE || number == ENOMEM || number == ENOLCK ||
         number == EIO;
}

void refused(int number, const std::string& path, int fd, failure& why) {
  switch (number) {
    case ENOENT:
      return why.set_native(
          number, fmt::format("{} does not exist; make it, or {}", path, use_another_place));
    case ENOTDIR:
      return why.set_native(number,
                            fmt::format("{} is not a directory; {}", path, use_another_place));
    case ELOOP:
      return why.set_native(number,
                            fmt::format("{} is a circle of links; {}", path, use_another_place));
    case EACCES:
    case EPERM:
      return why.set_native(
          number, fmt::format("user {} may not look and write in {} ({}); allow it, or {}",
                              ::geteuid(), path, owner_and_mode(path), use_another_place));
    case EROFS:
      return why.set_native(number, fmt::format("{} is in a file system that is mounted "
                                                "read-only; mount it writable, or {}",
                                                path, use_another_place));
    case ENOSPC:
    case EDQUOT:
      return no_room_for_files(number, path, fd, why);
    case EINVAL:
    case ENOSYS:
    case EOPNOTSUPP:
      return why.set(
          errc::not_supported,
          fmt::format("the system or the file system of {} lacks what isthmus needs there ({}): "
                      "locks of open descriptions (Linux 3.15), and links; {}, or ask whoever runs "
                      "this sandbox (isthmus doctor says what is missing)",
                      path, std::system_category().message(number), use_another_place));
    case ENOLCK:
      return why.set_native(
          number, fmt::format("the system has no lock left, or the file system of {} cannot lock; "
                              "close objects, or {}",
                              path, use_another_place));
    case ENAMETOOLONG:
      return why.set_native(number,
                            fmt::format("the path {} is too long; {}", path, use_another_place));
    case ENFILE:
      return why.set_native(number,
                            "all processes together have used up the system's descriptors; close "
                            "some, or raise the limit (sysctl fs.file-max)");
    default:
      return fail_with(number, why);
  }
}

}  // namespace isthmus::detail
