// SPDX-License-Identifier: MIT
#include "posix/system/space.hpp"

#include "posix/system/memory.hpp"
#include "posix/system/retry.hpp"

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <limits>

namespace isthmus::detail {
namespace {

constexpr std::uint64_t small = 1 << 20;

bool no_space(int number, std::string_view where, int fd, failure& why) {
  struct statvfs info {};
  std::string figures;
  if (fd >= 0 && ::fstatvfs(fd, &info) == 0 && info.f_blocks != 0)
    figures =
        fmt::format(" ({}, {} free)", bytes_text(std::uint64_t{info.f_blocks} * info.f_frsize),
                    bytes_text(std::uint64_t{info.f_bavail} * info.f_frsize));
  why.set_native(number,
                 fmt::format("no space in {}{}; make it larger, or use less", where, figures));
  return false;
}

bool fail_with(int number, std::string_view where, int fd, failure& why) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case ENOMEM:
      return no_space(number, where, fd, why);
    default:
      why.set_native(number);
      return false;
  }
}

}  // namespace

bool check_size_limit(std::uint64_t file_end, failure& why) {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
      file_end <= limit.rlim_cur)
    return true;
  why.set(errc::no_space,
          fmt::format("no space: {} are more than this process's file-size limit of {}; raise it "
                      "(ulimit -f, RLIMIT_FSIZE)",
                      bytes_text(file_end), bytes_text(limit.rlim_cur)));
  return false;
}

bool check_space(int fd, std::uint64_t file_end, std::uint64_t bytes, std::string_view where,
                 failure& why) {
  if (!check_size_limit(file_end, why)) return false;
  if (bytes <= small) return true;
  struct statvfs info {};
  if (fd >= 0 && ::fstatvfs(fd, &info) == 0 && info.f_blocks != 0 &&
      bytes > std::uint64_t{info.f_bavail} * info.f_frsize)
    return no_space(ENOSPC, where, fd, why);
  const auto left = memory_left();
  if (!left || bytes <= *left) return true;
  why.set(errc::no_space,
          fmt::format("no space: {} are asked for, {} of memory are left; use less, or reserve and "
                      "commit parts",
                      bytes_text(bytes), bytes_text(*left)));
  return false;
}

bool take_space(int fd, std::uint64_t offset, std::uint64_t bytes, std::string_view where,
                failure& why) {
  if (offset + bytes > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()))
    return fail_with(EFBIG, where, fd, why);
  const int error = allocate(fd, offset, bytes);
  return error == 0 || fail_with(error, where, fd, why);
}

bool set_size(int fd, std::uint64_t bytes, std::string_view where, failure& why) {
  if (bytes > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()))
    return fail_with(EFBIG, where, fd, why);
  if (retry([&] { return ::ftruncate(fd, static_cast<off_t>(bytes)); }) == 0) return true;
  return fail_with(errno == EINVAL ? EFBIG : errno, where, fd, why);
}

}  // namespace isthmus::detail
