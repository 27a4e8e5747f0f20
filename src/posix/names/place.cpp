// SPDX-License-Identifier: MIT
#include "posix/names/place.hpp"

#include "posix/names/audience.hpp"
#include "posix/names/refusal.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/random.hpp"
#include "posix/system/rename.hpp"
#include "posix/system/retry.hpp"
#include "posix/system/seam.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

namespace isthmus::detail {
namespace {

using seam::step;

// O_NONBLOCK: a FIFO that somebody put here must not stop us, nor somebody's lease on the file.
constexpr int place_flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr const char* anchor_entry = "a";
/// In a session's file's mode: its name has been removed, or nearly so. It has no other meaning for
/// a file.
constexpr mode_t removed = S_ISVTX;
constexpr int most_attempts = 64;

bool is_global(const directory& dir) noexcept { return dir.where == scope::global; }

descriptor open_folder(const directory& dir, const char* entry) noexcept {
  return descriptor(retry([&] { return ::openat(dir.fd.get(), entry, folder_flags); }));
}

bool same_file(const struct stat& a, const struct stat& b) noexcept {
  return a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

/// Whether an entry is this very file; the anchor in a folder, if nothing else is said.
bool leads_to(int folder, const struct stat& file, const char* entry = anchor_entry) noexcept {
  struct stat info {};
  return ::fstatat(folder, entry, &info, AT_SYMLINK_NOFOLLOW) == 0 && same_file(info, file);
}

/// Makes a global name's folder: 0, EEXIST, ENOENT (somebody swept it away), another error number.
int make_folder(const directory& dir, const char* entry, mode_t mode) noexcept {
  std::array<char, 64> temporary{};
  fmt::format_to_n(temporary.data(), temporary.size() - 1, "{}{:016x}", new_stem().data(),
                   random_number());
  if (::mkdirat(dir.fd.get(), temporary.data(), 0700) != 0) return errno;
  seam::at(step::folder_made);
  // Said explicitly, because of the umask; not following, should somebody have put a link here.
  int error =
      ::fchmodat(dir.fd.get(), temporary.data(), mode, AT_SYMLINK_NOFOLLOW) != 0 ? errno : 0;
  if (error == EOPNOTSUPP) {  // a C library that needs /proc for that
    const descriptor folder = open_folder(dir, temporary.data());
    error = !folder || ::fchmod(folder.get(), mode) != 0 ? errno : 0;
  }
  if (error == 0) error = rename_new(dir.fd.get(), temporary.data(), entry);
  if (error != 0) ::unlinkat(dir.fd.get(), temporary.data(), AT_REMOVEDIR);
  seam::at(step::folder_named);
  return error;
}

std::string user_of(const directory& dir, const char* entry) {
  struct stat info {};
  if (::fstatat(dir.fd.get(), entry, &info, AT_SYMLINK_NOFOLLOW) != 0) return "somebody";
  if (const descriptor folder = open_folder(dir, entry)) {
    struct stat file {};
    if (::fstatat(folder.get(), anchor_entry, &file, AT_SYMLINK_NOFOLLOW) == 0)
      return fmt::format("user {}", file.st_uid);
  }
  return fmt::format("user {}", info.st_uid);
}

std::string path_of(const directory& dir, const char* entry) {
  return fmt::format("{}/{}{}", dir.path, entry, is_global(dir) ? "/a" : "");
}

enum class fit { yes, again, taken, no };

/// Whether a new object may go into the folder that is there.
fit fits(const directory& dir, const char* entry, const descriptor& folder, int file, mode_t mode,
         failure& why) {
  struct stat info {};
  struct stat own {};
  if (::fstat(folder.get(), &info) != 0 || ::fstat(file, &own) != 0) {
    fail_with(errno, why);
    return fit::no;
  }
  if (info.st_uid != ::geteuid()) {
    if (may_share(info, mode, own.st_gid)) return fit::yes;
    why.set(errc::access_denied,
            fmt::format("user {} has the name: {}/{} is for other users than this object; choose "
                        "another name, or ask them to remove it",
                        info.st_uid, dir.path, entry));
    return fit::no;
  }
  if (same_audience(info, mode, own.st_gid)) return fit::yes;
  // Ours, from an object with another audience. Its mode stays as it is, lest somebody has put
  // something into it that would then count as ours.
  if (::unlinkat(dir.fd.get(), entry, AT_REMOVEDIR) == 0 || errno == ENOENT) return fit::again;
  if (::fstatat(folder.get(), anchor_entry, &own, AT_SYMLINK_NOFOLLOW) == 0) return fit::taken;
  why.set(errc::untrusted, fmt::format("there is something else in {}/{}, which others may write "
                                       "in; look into it, then remove it",
                                       dir.path, entry));
  return fit::no;
}

}  // namespace

descriptor open_file(const directory& dir, const char* entry, int mode) noexcept {
  const auto open_in = [&](int folder, const char* name) {
    return descriptor(retry([&] { return ::openat(folder, name, mode | place_flags); }));
  };
  if (!is_global(dir)) return open_in(dir.fd.get(), entry);
  const descriptor folder = open_folder(dir, entry);
  if (!folder) return {};
  descriptor file = open_in(folder.get(), anchor_entry);
  const int error = errno;  // which closing the folder may change
  return errno = error, std::move(file);
}

bool still_named(const directory& dir, const char* entry, int fd, struct stat& info) noexcept {
  if (::fstat(fd, &info) != 0) return false;
  if (seam::skip_link_test) return true;
  if (!is_global(dir)) {
    if (info.st_nlink == 0) return false;
    const bool plain = info.st_nlink == 1 && (info.st_mode & removed) == 0;
    return plain || leads_to(dir.fd.get(), info, entry);
  }
  const descriptor folder = open_folder(dir, entry);
  return folder && leads_to(folder.get(), info);
}

bool is_named(const directory& dir, const char* entry, int fd) noexcept {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return false;
  if (!is_global(dir)) return leads_to(dir.fd.get(), info, entry);
  const descriptor folder = open_folder(dir, entry);
  return folder && leads_to(folder.get(), info);
}

int remove_name(const directory& dir, const char* entry, int fd, const struct stat& file) noexcept {
  if (!is_global(dir)) {
    // First, while nobody can take hold of it: whoever opened the file before has no other sign
    // that the name has gone if somebody has made another link to it.
    (void)::fchmod(fd, (file.st_mode & 07777) | removed);
    return ::unlinkat(dir.fd.get(), entry, 0) != 0 ? errno : 0;
  }
  const descriptor folder = open_folder(dir, entry);
  if (!folder || !leads_to(folder.get(), file)) return ENOENT;
  if (::unlinkat(folder.get(), anchor_entry, 0) != 0) return errno;
  seam::at(step::folder_emptied);
  remove_folder(dir, entry);
  return 0;
}

bool check_owner(const directory& dir, const char* entry, const struct stat& file, failure& why) {
  if (!is_global(dir)) {
    if (file.st_uid == dir.user) return true;
    why.set(errc::untrusted, fmt::format("it belongs to user {}", file.st_uid));
    return false;
  }
  struct stat info {};
  const descriptor folder = open_folder(dir, entry);
  if (!folder && is_shortage(errno)) return refused(errno, dir.base, dir.fd.get(), why), false;
  if (!folder || ::fstat(folder.get(), &info) != 0 || !leads_to(folder.get(), file)) {
    why.set(errc::damaged, "somebody has removed the object's name by force");
    return false;
  }
  if (belongs_in(info, file)) return true;
  why.set(errc::untrusted, fmt::format("user {} has put {} into a directory of user {}",
                                       file.st_uid, path_of(dir, entry), info.st_uid));
  return false;
}

int give_name(unpublished_file& file, const directory& dir, const char* entry, mode_t mode,
              failure& why) {
  if (!is_global(dir)) return publish(file, dir.fd.get(), entry);
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    const descriptor folder = open_folder(dir, entry);
    if (!folder) {
      if (errno != ENOENT) return explain(dir, entry, errno, why), EACCES;
      const int error = make_folder(dir, entry, folder_mode(mode));
      if (error != 0 && error != EEXIST && error != ENOENT) return error;
      if (error == ENOENT && attempt > 8) return error;  // it is the directory that has gone
      continue;
    }
    const fit state = fits(dir, entry, folder, file.fd.get(), mode, why);
    if (state == fit::no) return EACCES;
    if (state == fit::taken) return EEXIST;
    if (state == fit::again) continue;
    const int error = publish(file, folder.get(), anchor_entry);
    if (error != 0 && error != EEXIST) remove_folder(dir, entry);  // if it is empty
    if (error != ENOENT) return error;
  }
  why.set(errc::busy, fmt::format("somebody keeps taking {}/{} away", dir.path, entry));
  return EBUSY;
}

bool remove_folder(const directory& dir, const char* entry) noexcept {
  return ::unlinkat(dir.fd.get(), entry, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

std::array<char, 24> new_stem() noexcept {
  std::array<char, 24> stem{};
  fmt::format_to_n(stem.data(), stem.size() - 1, "isthmus-t.{}.", ::geteuid());
  return stem;
}

bool is_new(std::string_view entry) noexcept { return entry.starts_with(new_stem().data()); }

void say_whose(const directory& dir, const char* entry, failure& why) {
  if (is_global(dir) && why.code == errc::damaged)
    why.detail += fmt::format("; it belongs to {}", user_of(dir, entry));
}

void explain(const directory& dir, const char* entry, int error, failure& why) {
  const bool global = is_global(dir);
  if (error == ELOOP || error == ENXIO || error == EISDIR || error == ENODEV || error == ENOTDIR) {
    why.set(errc::untrusted,
            global ? fmt::format("{} is not an object, and belongs to {}", path_of(dir, entry),
                                 user_of(dir, entry))
                   : fmt::format("{} is not an object; remove it", path_of(dir, entry)));
  } else if (global && (error == EACCES || error == EPERM)) {
    why.set_native(
        error, fmt::format("it belongs to {}, who has not given this right", user_of(dir, entry)));
  } else if (global && error == EAGAIN) {
    why.set(errc::busy,
            fmt::format("{}, to whom it belongs, keeps the file locked", user_of(dir, entry)));
  } else if (error == ENOENT) {
    fail_with(error, why);  // of the object, not of the directory
  } else {
    refused(error, dir.base, dir.fd.get(), why);
  }
}

}  // namespace isthmus::detail
