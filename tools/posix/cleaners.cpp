// SPDX-License-Identifier: MIT
#include "cleaners.hpp"

#include <fnmatch.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string_view>
#include <system_error>

namespace tool {
namespace {

namespace fs = std::filesystem;

/// The files of a directory of settings: a name in an earlier directory hides it in later ones.
std::vector<fs::path> files_of(std::initializer_list<const char*> directories) {
  std::map<std::string, fs::path> files;
  for (const char* const each : directories) {
    std::error_code ec;
    for (fs::directory_iterator entry(each, ec), end; !ec && entry != end; entry.increment(ec))
      if (entry->path().extension() == ".conf")
        files.emplace(entry->path().filename().string(), entry->path());
  }
  std::vector<fs::path> list;
  list.reserve(files.size());
  for (const auto& [name, path] : files) list.push_back(path);
  return list;
}

/// RemoveIPC of logind: its default is yes.
bool removes_at_logout() {
  std::vector<fs::path> files{"/etc/systemd/logind.conf"};
  const auto more =
      files_of({"/etc/systemd/logind.conf.d", "/run/systemd/logind.conf.d",
                "/usr/local/lib/systemd/logind.conf.d", "/usr/lib/systemd/logind.conf.d"});
  files.insert(files.end(), more.begin(), more.end());
  bool removes = true;
  for (const auto& path : files) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      constexpr std::string_view key = "RemoveIPC=";
      if (!line.starts_with(key)) continue;
      const std::string value = line.substr(key.size());
      removes = value != "no" && value != "false" && value != "0" && value != "off";
    }
  }
  return removes;
}

void look_at_logind(const std::string& place, std::vector<finding>& into) {
  constexpr std::uint32_t first_person = 1000;  // system users are left alone
  if (!fs::exists("/run/systemd/seats") || !place.starts_with("/dev/shm")) return;
  if (!removes_at_logout())
    return into.push_back({health::fine, "logind: nothing is removed at logout (RemoveIPC=no)"});
  if (::geteuid() < first_person)
    return into.push_back({health::fine, "logind: objects of system users stay at logout"});
  into.push_back({health::remark,
                  "logind removes your objects at your last logout, those in use as well",
                  "for services, use a system user, 'loginctl enable-linger', or RemoveIPC=no in "
                  "/etc/systemd/logind.conf"});
}

bool is_in(const std::string& place, const std::string& path) {
  return place.starts_with(path) && (place.size() == path.size() || place[path.size()] == '/');
}

/// Whether a path of tmpfiles.d, which may be a pattern, is this place or one above it.
bool means(const std::string& path, const std::string& place) {
  return is_in(place, path) || ::fnmatch(path.c_str(), place.c_str(), 0) == 0;
}

/// Whether a line of tmpfiles.d lets files at a place grow old: `d /dev/shm 1777 root root 10d`,
/// `e /dev/shm/isthmus.* - - - 10d`.
bool lets_age(const std::string& line, const std::string& place) {
  std::istringstream words(line);
  std::string type;
  std::string path;
  std::string mode;
  std::string user;
  std::string group;
  std::string age;
  if (!(words >> type >> path >> mode >> user >> group >> age) || age == "-") return false;
  if (std::string_view("dDevqQ").find(type.front()) == std::string_view::npos) return false;
  return path != "/" && means(path, place);
}

/// Whether a line keeps the cleaner away from a place: `x /dev/shm`.
bool exempts(const std::string& line, const std::string& place) {
  std::istringstream words(line);
  std::string type;
  std::string path;
  if (!(words >> type >> path)) return false;
  return type[0] == 'x' ? means(path, place)
                        : type[0] == 'X' && ::fnmatch(path.c_str(), place.c_str(), 0) == 0;
}

/// The first line of the files for which something holds, behind its file's name; empty: none.
template <class Test>
std::string first_line(const std::vector<fs::path>& files, Test holds) {
  for (const auto& path : files) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
      if (holds(line)) return fmt::format("{}: {}", path.string(), line);
  }
  return {};
}

void look_at_tmpfiles(const std::string& place, std::vector<finding>& into) {
  const auto files = files_of(
      {"/etc/tmpfiles.d", "/run/tmpfiles.d", "/usr/local/lib/tmpfiles.d", "/usr/lib/tmpfiles.d"});
  const auto base = fs::path(place).parent_path();
  bool sound = true;
  for (const std::string& one : {place, (base / "isthmus.0").string()}) {
    const auto exempt = first_line(files, [&](const auto& line) { return exempts(line, one); });
    const auto ages = first_line(files, [&](const auto& line) { return lets_age(line, one); });
    if (!exempt.empty() || ages.empty()) continue;
    sound = false;
    into.push_back({health::problem, fmt::format("old files at {} are removed: {}", one, ages),
                    fmt::format("names in use would vanish: add the lines 'x {0}/isthmus-*' and "
                                "'x {0}/isthmus.*' to a file in /etc/tmpfiles.d",
                                base.string())});
  }
  if (sound) into.push_back({health::fine, "no cleaner of temporary files looks at these places"});
}

}  // namespace

void look_for_cleaners(const std::string& place, std::vector<finding>& into) {
  look_at_logind(place, into);
  look_at_tmpfiles(place, into);
}

}  // namespace tool
