// SPDX-License-Identifier: MIT
#include "posix/names/session_wish.hpp"

#include "posix/names/lifetime.hpp"
#include "posix/system/listing.hpp"
#include "posix/system/random.hpp"
#include "posix/system/rename.hpp"
#include "posix/system/retry.hpp"
#include "posix/system/seam.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <limits>
#include <string_view>

namespace isthmus::detail {
namespace {

using seam::step;

constexpr int every_entry = std::numeric_limits<int>::max();
constexpr int wish_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr std::string_view wish_mark = "new-";

/// Numbers are written one way only. The lower one, should somebody have made two by hand.
bool is_plain_number(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 20 && (text.size() == 1 || text.front() != '0') &&
         text.find_first_not_of("0123456789") == text.npos;
}

bool is_lower_name(const std::string& a, const std::string& b) noexcept {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace

std::string session_place::stem() const { return fmt::format("{}{}.", directory_prefix, user); }

std::string session_place::temporary_stem() const { return fmt::format("isthmus-t.{}.", user); }

bool session_place::is_ours(const char* entry) const noexcept {
  struct stat info {};
  return ::fstatat(base, entry, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode) &&
         info.st_uid == user;
}

bool session_place::is_there() const noexcept {
  struct stat info {};
  return ::fstat(base, &info) == 0 && info.st_nlink != 0;
}

int look_around(const session_place& where, session_sighting& seen) {
  seen = {};
  const std::string stem = where.stem();
  return for_each_entry(where.base, every_entry, [&](const char* name) {
    const std::string_view entry = name;
    if (!entry.starts_with(stem)) return;
    const std::string_view rest = entry.substr(stem.size());
    const bool wish = rest.starts_with(wish_mark);
    if ((!wish && !is_plain_number(rest)) || !where.is_ours(name)) return;
    if (wish) {
      seen.wishes.emplace_back(entry);
    } else if (seen.session.empty() || is_lower_name(name, seen.session)) {
      seen.session = entry;
    }
  });
}

bool lives(const session_place& where, const std::string& wish) noexcept {
  const descriptor fd(::openat(where.base, wish.c_str(), wish_flags));
  if (!fd) return errno != ENOENT;
  // Nobody else locks it: its maker had the lock before it had its name, and whoever gets it now
  // removes it.
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return true;
  return ::unlinkat(where.base, wish.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT;
}

int session_wish::make() {
  const std::string temporary = fmt::format("{}{:016x}", where_.temporary_stem(), random_number());
  entry_ = fmt::format("{}{}{:016x}", where_.stem(), wish_mark, random_number());
  if (::mkdirat(where_.base, temporary.c_str(), 0700) != 0) return errno;
  seam::at(step::session_made);
  int error = lock(temporary);
  if (error == 0) error = rename_new(where_.base, temporary.c_str(), entry_.c_str());
  if (error != 0) ::unlinkat(where_.base, temporary.c_str(), AT_REMOVEDIR);
  made_ = error == 0;
  seam::at(step::session_wished);
  return error;
}

void session_wish::withdraw() noexcept {
  if (made_) ::unlinkat(where_.base, entry_.c_str(), AT_REMOVEDIR);
  made_ = false;
  fd_.reset();
}

int session_wish::become(const std::string& session) noexcept {
  const int error = rename_new(where_.base, entry_.c_str(), session.c_str());
  if (error == 0) made_ = false;
  seam::at(step::session_named);
  return error;
}

int session_wish::lock(const std::string& temporary) {
  fd_ = descriptor(::openat(where_.base, temporary.c_str(), wish_flags));
  if (!fd_ && errno == EACCES &&  // the umask has taken our own rights away
      ::fchmodat(where_.base, temporary.c_str(), 0700, AT_SYMLINK_NOFOLLOW) == 0)
    fd_ = descriptor(::openat(where_.base, temporary.c_str(), wish_flags));
  if (!fd_ || ::fchmod(fd_.get(), 0700) != 0) return errno;
  return retry([&] { return ::flock(fd_.get(), LOCK_EX | LOCK_NB); }) == 0 ? 0 : errno;
}

}  // namespace isthmus::detail
