// SPDX-License-Identifier: MIT
#include "posix/objects/file.hpp"

#include "posix/system/fail_with.hpp"
#include "posix/system/memory.hpp"
#include "posix/system/path.hpp"
#include "posix/system/retry.hpp"
#include "posix/system/space.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <cerrno>

namespace isthmus::detail {
namespace {

// O_NONBLOCK: nothing here waits for the other end of a FIFO.
constexpr int open_flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

/// Whether this is an object's own file, which is not to be mapped as a file with a header in it.
bool is_anchor(int fd, const struct stat& info) {
  anchor_header header{};
  failure none;
  return info.st_size > 0 &&
         (read_header(fd, info, header, none) || none.code == errc::incompatible_version);
}

bool check_plain(int fd, struct stat& info, failure& why) {
  if (::fstat(fd, &info) != 0) {
    fail_with(errno, why);
  } else if (S_ISDIR(info.st_mode)) {
    why.set(errc::invalid_argument, "it is a directory");
  } else if (!S_ISREG(info.st_mode)) {
    why.set(errc::invalid_argument, "it is not a plain file");
  } else if (is_anchor(fd, info)) {
    why.set(errc::invalid_argument, "it is an isthmus object; use section_from_native");
  } else {
    return true;
  }
  return false;
}

descriptor open_path(const char* path, isthmus::access access, failure& why) {
  const int mode = includes(access, access::write) ? O_RDWR : O_RDONLY;
  descriptor fd(retry([&] { return ::open(path, mode | open_flags); }));
  if (fd) return fd;
  if (errno == EISDIR) {
    why.set(errc::invalid_argument, "it is a directory");
  } else if (errno == ENOENT) {
    why.set_native(errno, "there is no such file");
  } else {
    fail_with(errno, why);
  }
  return {};
}

descriptor take_descriptor(int from, isthmus::access access, failure& why) {
  const int flags = ::fcntl(from, F_GETFL);
  if (flags < 0) {
    why.set(errc::invalid_argument, "it is not an open descriptor");
    return {};
  }
  const int mode = flags & O_ACCMODE;
  const bool writes = includes(access, access::write);
  if (mode == O_WRONLY || (writes && mode != O_RDWR)) {
    why.set(errc::access_denied, writes ? "the descriptor is not open for reading and writing"
                                        : "the descriptor is not open for reading");
    return {};
  }
  if (!writes && mode == O_RDWR)
    if (descriptor narrowed = open_again(from, O_RDONLY)) return narrowed;
  descriptor fd(::fcntl(from, F_DUPFD_CLOEXEC, 0));
  if (!fd) fail_with(errno, why);
  return fd;
}

}  // namespace

descriptor open_source(const file_source& file, isthmus::access access, failure& why) {
  struct stat info {};
  descriptor fd = file.path != nullptr ? open_path(file.path->c_str(), access, why)
                                       : take_descriptor(file.handle, access, why);
  if (fd && !check_plain(fd.get(), info, why)) fd.reset();
  return fd;
}

bool fit_file(int fd, std::uint64_t wanted, isthmus::access access, object_facts& facts,
              failure& why) {
  struct stat info {};
  if (!check_plain(fd, info, why)) return false;
  const auto length = static_cast<std::uint64_t>(info.st_size);
  facts.file_device = static_cast<std::uint64_t>(info.st_dev);
  facts.file_inode = info.st_ino;
  facts.size = wanted != 0 ? wanted : length;
  if (facts.size == 0) {
    why.set(errc::invalid_argument, "the file is empty; give a size, or write to it first");
    return false;
  }
  if (facts.size <= length) return true;
  if (!includes(access, access::write)) {
    why.set(errc::out_of_range, fmt::format("the file has {} bytes, and a section that cannot "
                                            "write does not extend it",
                                            length));
    return false;
  }
  return check_space(fd, facts.size, facts.size - length, "the file system", why) &&
         take_space(fd, length, facts.size - length, "the file system", why);
}

std::string path_of(int fd) {
  std::array<char, 4096> path{};
  if (!place_of(fd, path)) return {};
  std::string text(path.data());
  struct stat there {};
  struct stat here {};
  const bool same = ::stat(text.c_str(), &there) == 0 && ::fstat(fd, &here) == 0 &&
                    there.st_ino == here.st_ino && there.st_dev == here.st_dev;
  return same ? text : std::string();
}

}  // namespace isthmus::detail
