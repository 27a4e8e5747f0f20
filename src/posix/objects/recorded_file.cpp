// SPDX-License-Identifier: MIT
#include "posix/objects/recorded_file.hpp"

#include "posix/objects/table.hpp"
#include "posix/system/descriptor.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/memory.hpp"
#include "posix/system/pin.hpp"
#include "posix/system/retry.hpp"
#include "posix/system/seam.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <string>
#include <utility>

namespace isthmus::detail {
namespace {

using isthmus::access;
using seam::step;

struct recorded_file {
  const object_facts& facts;  ///< from the anchor
  const struct stat& anchor;
  int own = -1;  ///< a descriptor of the file that this process has
};

enum class match { yes, shorter, foreign, other };

/// What a descriptor shows.
match match_of(int fd, const recorded_file& wanted) noexcept {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_ino != wanted.facts.file_inode ||
      static_cast<std::uint64_t>(info.st_dev) != wanted.facts.file_device)
    return match::other;
  const bool ours = wanted.anchor.st_uid == ::geteuid();
  if (!ours && info.st_uid != wanted.anchor.st_uid) return match::foreign;
  return static_cast<std::uint64_t>(info.st_size) >= wanted.facts.size ? match::yes
                                                                       : match::shorter;
}

void say_lost(const recorded_file& wanted, const char* what, failure& why) {
  why.set(errc::file_changed,
          fmt::format("{} {}, and no process that holds the section lets this one at its file; put "
                      "the file back, or have the section sent or inherited",
                      wanted.facts.path, what));
}

/// `error`: why there is nothing at the path, or 0.
void explain(match found, const recorded_file& wanted, int error, failure& why) {
  const std::string& path = wanted.facts.path;
  if (found == match::foreign) {
    why.set(errc::untrusted, fmt::format("user {} made the section of a file that belongs to "
                                         "somebody else: {}",
                                         wanted.anchor.st_uid, path));
  } else if (found == match::shorter) {
    why.set(errc::file_changed,
            fmt::format("{} has become shorter since the section was made", path));
  } else if (error == 0) {
    say_lost(wanted, "is not the file any more that the section was made from", why);
  } else if (error == ENOENT || error == ENOTDIR) {
    say_lost(wanted, "has been renamed or removed", why);
  } else if (error == ELOOP) {
    say_lost(wanted, "leads through a symbolic link now", why);
  } else if (error == EACCES) {
    why.set_native(error, fmt::format("this user cannot get at {}", path));
  } else {
    fail_with(error, why);
  }
}

bool has_mode(int fd, int mode) noexcept { return (::fcntl(fd, F_GETFL) & O_ACCMODE) == mode; }

/// By our own descriptor. Empty without failure: that is not possible here.
descriptor open_own(const recorded_file& wanted, int mode, failure& why) {
  descriptor fd = has_mode(wanted.own, mode) ? descriptor(::fcntl(wanted.own, F_DUPFD_CLOEXEC, 0))
                                             : open_again(wanted.own, mode);
  if (fd && has_mode(fd.get(), mode)) return fd;
  if (!fd && errno != ENOENT && errno != ENOTDIR) fail_with(errno, why);
  return {};  // there is no /proc, or no other way to another mode
}

descriptor open_found(const descriptor& pin, const recorded_file& wanted, int mode) {
  const char* const path = wanted.facts.path.c_str();
  descriptor fd = open_pinned(pin, path, mode);
  // Without /proc, our own word and no other's makes us open what the path leads to by now.
  if (!fd && errno == ENOSYS && wanted.anchor.st_uid == ::geteuid())
    fd = descriptor(
        retry([&] { return ::open(path, mode | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC); }));
  return fd;
}

descriptor open_recorded(const recorded_file& wanted, bool writes, failure& why) {
  const int mode = writes ? O_RDWR : O_RDONLY;
  if (wanted.own >= 0) {
    descriptor fd = open_own(wanted, mode, why);
    if (fd || why) return fd;
  }
  descriptor pin = pin_path(wanted.facts.path.c_str());
  const int error = pin ? 0 : errno;
  match found = pin ? match_of(pin.get(), wanted) : match::other;
  if (found == match::other) {
    pin = pin_of_holder(wanted.anchor, static_cast<dev_t>(wanted.facts.file_device),
                        static_cast<ino_t>(wanted.facts.file_inode));
    if (pin) found = match_of(pin.get(), wanted);
  }
  if (found != match::yes) return explain(found, wanted, error, why), descriptor();
  seam::at(step::open_file_pinned);
  descriptor fd = open_found(pin, wanted, mode);
  if (fd) {
    found = match_of(fd.get(), wanted);
    if (found == match::yes) return fd;
    explain(found, wanted, 0, why);
  } else if (errno == ENOSYS) {
    why.set_native(errno, fmt::format("opening {}, which user {} has chosen, is safe only with "
                                      "/proc; mount it",
                                      wanted.facts.path, wanted.anchor.st_uid));
  } else if (errno == EACCES) {
    why.set_native(errno, fmt::format("this user has no such right to {}", wanted.facts.path));
  } else {
    fail_with(errno, why);
  }
  return {};
}

}  // namespace

void open_file_of(body& made, const struct stat& anchor, failure& why) {
  if ((anchor.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    why.set(errc::untrusted,
            fmt::format("user {} lets others write which file the section shows", anchor.st_uid));
    return;
  }
  // What this process holds with other rights has the file open, wherever that is by now.
  const auto other = table_find(*made.dir, made.entry.view(), !made.read_only);
  struct stat theirs {};
  const bool same = other && other->file && ::fstat(other->fd.get(), &theirs) == 0 &&
                    theirs.st_ino == anchor.st_ino && theirs.st_dev == anchor.st_dev;
  const bool writes = !made.read_only && includes(made.facts.access, access::write);
  made.file = open_recorded({made.facts, anchor, same ? other->file.get() : -1}, writes, why);
}

}  // namespace isthmus::detail
