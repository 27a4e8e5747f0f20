// SPDX-License-Identifier: MIT
#include "../doctor.hpp"

#include "../units.hpp"
#include "calls.hpp"
#include "cleaners.hpp"
#include "places.hpp"

#include <sys/resource.h>

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace tool {
namespace {

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
  constexpr rlim_t page = 4096;
  return {limit.rlim_cur < 2 * page ? health::problem : health::remark,
          fmt::format("size of sections: at most {}", size_text(limit.rlim_cur)),
          "larger ones fail with no_space; raise it with ulimit -f"};
}

/// The directory above the session's, as far as it can be known.
std::string base_of(const isthmus::system_report& system) {
  if (!system.session.path.empty())
    return std::filesystem::path(system.session.path).parent_path().string();
  if (!system.global.path.empty()) return system.global.path;
  const char* const chosen = std::getenv("ISTHMUS_RUNTIME_DIR");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/dev/shm";
}

}  // namespace

std::vector<finding> examine(const isthmus::system_report& system) {
  std::vector<finding> all;
  const std::string place = system.session.path;
  if (const char* const chosen = std::getenv("ISTHMUS_RUNTIME_DIR"); chosen != nullptr)
    all.push_back({health::remark, fmt::format("ISTHMUS_RUNTIME_DIR is {}", chosen),
                   "only programs with the same setting meet each other"});
  try_calls(place, all);
  look_at_places(place, base_of(system), all);
  all.push_back(look_at_descriptors());
  all.push_back(look_at_file_size());
  if (!place.empty()) look_for_cleaners(place, all);
  return all;
}

}  // namespace tool
