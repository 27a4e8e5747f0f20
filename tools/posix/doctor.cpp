// SPDX-License-Identifier: MIT
#include "../doctor.hpp"

#include "../units.hpp"
#include "cleaners.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace tool {
namespace {

finding look_at_room(const std::string& place) {
  struct statvfs info {};
  if (::statvfs(place.c_str(), &info) != 0)
    return {health::remark, fmt::format("the room in {} cannot be told", place)};
  const auto unit = static_cast<std::uint64_t>(info.f_frsize);
  const std::uint64_t all = unit * info.f_blocks;
  const std::uint64_t free = unit * info.f_bavail;
  const std::string what =
      fmt::format("room in {}: {}, {} free", place, size_text(all), size_text(free));
  if (free < all / 20)
    return {health::problem, what,
            "remove what is not needed there; 'isthmus clean' removes leftovers"};
  if (all <= (std::uint64_t{64} << 20))
    return {health::remark, what,
            "containers begin with 64 MiB: give --shm-size (docker) or mount a larger tmpfs"};
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

finding look_at_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {health::remark, "no limit of descriptors"};
  const auto text = [](rlim_t value) {
    return value == RLIM_INFINITY ? std::string("no limit") : std::to_string(value);
  };
  const std::string what = fmt::format("open descriptors: {} (up to {} with ulimit -n)",
                                       text(limit.rlim_cur), text(limit.rlim_max));
  if (limit.rlim_cur >= 256) return {health::fine, what};
  return {health::problem, what, "each object takes one: raise it with ulimit -n 1024"};
}

finding look_at_file_size() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return {health::fine, "size of sections: no limit of the process"};
  return {health::remark, fmt::format("size of sections: at most {}", size_text(limit.rlim_cur)),
          "larger ones fail with no_space; raise it with ulimit -f"};
}

}  // namespace

std::vector<finding> examine(const isthmus::system_report& system) {
  std::vector<finding> all;
  const std::string place = system.session.path;
  if (const char* const chosen = std::getenv("ISTHMUS_RUNTIME_DIR"); chosen != nullptr)
    all.push_back({health::remark, fmt::format("ISTHMUS_RUNTIME_DIR is {}", chosen),
                   "only programs with the same setting meet each other"});
  if (!place.empty()) {
    all.push_back(look_at_permissions(place));
    all.push_back(look_at_permissions(std::filesystem::path(place).parent_path()));
    all.push_back(look_at_room(place));
  }
  all.push_back(look_at_descriptors());
  all.push_back(look_at_file_size());
  if (!place.empty()) look_for_cleaners(place, all);
  return all;
}

}  // namespace tool
