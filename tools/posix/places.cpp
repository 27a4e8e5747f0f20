// SPDX-License-Identifier: MIT
#include "places.hpp"

#include "../units.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace tool {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

finding look_at_room(const std::string& place, const struct statvfs& info) {
  const auto unit = static_cast<std::uint64_t>(info.f_frsize);
  const std::uint64_t all = unit * info.f_blocks;
  const std::uint64_t free = unit * info.f_bavail;
  if (all == 0) return {health::fine, fmt::format("room in {}: no limit but memory", place)};
  const std::string what =
      fmt::format("room in {}: {}, {} free", place, size_text(all), size_text(free));
  if (free < std::max(all / 20, mebibyte))
    return {
        health::problem, what,
        "remove what is not needed there, or make it larger; 'isthmus clean' removes leftovers"};
  if (all <= 64 * mebibyte)
    return {health::remark, what,
            "containers begin with 64 MiB: give --shm-size (docker) or mount a larger tmpfs"};
  return {health::fine, what};
}

finding look_at_files(const std::string& place, const struct statvfs& info) {
  constexpr std::uint64_t few = 64;
  constexpr std::uint64_t enough = 1024;
  const std::uint64_t free = info.f_favail;
  if (info.f_files == 0)  // the file system does not count them
    return {health::fine, fmt::format("files in {}: no limit", place)};
  const std::string what =
      fmt::format("files in {}: {}, {} free", place, std::uint64_t{info.f_files}, free);
  if (free < few)
    return {health::problem, what,
            "each named object is a file; mount it with a larger nr_inodes, or remove files"};
  if (free < enough)
    return {health::remark, what, "each named object is a file; mount it with a larger nr_inodes"};
  return {health::fine, what};
}

/// Of the session's directory the library has checked what must hold; around it, whoever may write
/// could take it away.
finding look_at_permissions(const std::string& place) {
  struct stat info {};
  if (::stat(place.c_str(), &info) != 0)
    return {health::remark, fmt::format("the permissions of {} cannot be told", place)};
  const auto mode = info.st_mode & 07777;
  const std::string what = fmt::format("{}: mode {:04o}, user {}", place, mode, info.st_uid);
  if ((mode & 0022) == 0 || (mode & S_ISVTX) != 0) return {health::fine, what};
  return {health::problem, what, fmt::format("others may take names away: chmod +t {}", place)};
}

/// Who may use names besides this user.
finding look_at_audience(const std::string& base) {
  struct stat info {};
  if (::stat(base.c_str(), &info) != 0)
    return {health::problem, fmt::format("{} cannot be looked at", base),
            "names need a directory that exists and may be entered"};
  if ((info.st_mode & S_IRWXO) == S_IRWXO)
    return {health::fine, fmt::format("{}: all users may have names there", base)};
  const bool for_group = (info.st_mode & S_IRWXG) == S_IRWXG;
  const std::string what = fmt::format("{}: mode {:04o}, so only user {}{} can have names there",
                                       base, info.st_mode & 07777, info.st_uid,
                                       for_group ? fmt::format(" and group {}", info.st_gid) : "");
  if (std::getenv("ISTHMUS_RUNTIME_DIR") != nullptr)  // somebody has chosen that
    return {for_group ? health::remark : health::degraded, what,
            for_group ? "" : "scope global reaches nobody else"};
  return {health::problem, what,
          fmt::format("other users cannot use isthmus: chmod 1777 {}", base)};
}

}  // namespace

void look_at_places(const std::string& place, const std::string& base, std::vector<finding>& into) {
  if (!place.empty()) into.push_back(look_at_permissions(place));
  into.push_back(look_at_permissions(base));
  into.push_back(look_at_audience(base));
  const std::string& path = place.empty() ? base : place;
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0)
    return into.push_back({health::remark, fmt::format("the room in {} cannot be told", path)});
  if ((info.f_flag & ST_RDONLY) != 0)
    into.push_back({health::problem, fmt::format("{} is mounted read-only", path),
                    "mount it for writing, or set ISTHMUS_RUNTIME_DIR to a tmpfs that is"});
  if (!is_in_memory(path))
    into.push_back({health::degraded, fmt::format("{} is on a disk, not in memory", path),
                    "objects are written to the disk; use a tmpfs"});
  into.push_back(look_at_room(path, info));
  into.push_back(look_at_files(path, info));
}

}  // namespace tool
