// SPDX-License-Identifier: MIT
#include "posix/system/linux/memory_left.hpp"

#include "posix/system/descriptor.hpp"
#include "posix/system/retry.hpp"
#include "posix/system/space.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

namespace isthmus::detail {
namespace {

/// A small file of the kernel's, empty where there is none.
std::string content_of(const std::string& path) {
  std::string text;
  const descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto got =
        fd ? retry([&] { return ::read(fd.get(), buffer.data(), buffer.size()); }) : -1;
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

/// The number after `key` at the beginning of a line.
std::optional<std::uint64_t> number_after(const std::string& text, std::string_view key) {
  std::size_t place = text.starts_with(key) ? 0 : text.find(std::string("\n").append(key));
  if (place == std::string::npos) return std::nullopt;
  place = text.find_first_of("0123456789", place + key.size());
  if (place == std::string::npos) return std::nullopt;
  std::uint64_t number = 0;
  std::from_chars(text.data() + place, text.data() + text.size(), number);
  return number;
}

/// How one of the two kinds of control groups says it.
struct dialect {
  const char* limit;
  const char* used;
  std::string_view inactive_file;
  std::string_view active_file;
  const char* hierarchy;  ///< "1" where a group's limit counts for those in it; nullptr: it does
};
constexpr dialect older{"/memory.limit_in_bytes", "/memory.usage_in_bytes", "total_inactive_file ",
                        "total_active_file ", "/memory.use_hierarchy"};
constexpr dialect newer{"/memory.max", "/memory.current", "inactive_file ", "active_file ",
                        nullptr};

/// What one control group leaves: its limit less what it uses and could not give back. The cache
/// of files can be given back; memory that is shared counts elsewhere.
std::optional<std::uint64_t> left_in_group(const std::string& group, const dialect& words) {
  const auto limit = number_after(content_of(group + words.limit), "");
  const auto used = number_after(content_of(group + words.used), "");
  if (!limit || !used) return std::nullopt;  // "max" is no number
  const std::string facts = content_of(group + "/memory.stat");
  const std::uint64_t cache = number_after(facts, words.inactive_file).value_or(0) +
                              number_after(facts, words.active_file).value_or(0);
  const std::uint64_t bound = *used - std::min(*used, cache);
  return *limit - std::min(*limit, bound);
}

/// Where a group is to be seen below `mounted`. In a container its path may be that of the machine
/// outside, of which the container sees the end, or only the group itself.
std::string seen_below(const std::string& mounted, std::string path, const dialect& words) {
  while (!path.empty() && path != "/") {
    if (::access((mounted + path + words.used).c_str(), F_OK) == 0) return path;
    const std::size_t slash = path.find('/', 1);
    path = slash == std::string::npos ? std::string() : path.substr(slash);
  }
  return {};
}

/// The least that this group and those around it leave.
void look_up_from(const std::string& mounted, std::string path, const dialect& words,
                  std::uint64_t& left) {
  path = seen_below(mounted, std::move(path), words);
  for (;;) {
    const std::string group = mounted + path;
    if (const auto here = left_in_group(group, words)) left = std::min(left, *here);
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return;
    path.resize(slash);
    if (words.hierarchy != nullptr && content_of(mounted + path + words.hierarchy).starts_with('0'))
      return;
  }
}

/// A line of /proc/self/cgroup: number, controllers, path.
struct group_line {
  std::string controllers;
  std::string path;
};

std::optional<group_line> read_line(std::string_view line) {
  const std::size_t first = line.find(':');
  const std::size_t second = first == line.npos ? first : line.find(':', first + 1);
  if (second == line.npos) return std::nullopt;
  return group_line{std::string(line.substr(first + 1, second - first - 1)),
                    std::string(line.substr(second + 1))};
}

bool has_memory(std::string_view controllers) noexcept {
  while (!controllers.empty()) {
    const std::size_t comma = controllers.find(',');
    if (controllers.substr(0, comma) == "memory") return true;
    controllers = comma == controllers.npos ? std::string_view() : controllers.substr(comma + 1);
  }
  return false;
}

}  // namespace

std::optional<std::uint64_t> memory_left_under(const std::string& root) {
  const std::string machine = content_of(root + "/proc/meminfo");
  const auto available = number_after(machine, "MemAvailable:");
  if (!available) return std::nullopt;
  std::uint64_t left = (*available + number_after(machine, "SwapFree:").value_or(0)) * 1024;

  const std::string groups = content_of(root + "/proc/self/cgroup");
  const std::string mounted = root + "/sys/fs/cgroup";
  // Both kinds may be there at once. Only one of them has the memory, and the other no such files.
  for (std::size_t begin = 0; begin < groups.size();) {
    const std::size_t end = std::min(groups.find('\n', begin), groups.size());
    const auto line = read_line(std::string_view(groups).substr(begin, end - begin));
    begin = end + 1;
    if (!line) continue;
    if (line->controllers.empty()) {
      look_up_from(mounted, line->path, newer, left);
    } else if (has_memory(line->controllers)) {
      const std::string usual = mounted + "/memory";
      const bool there = ::access((usual + older.used).c_str(), F_OK) == 0;
      look_up_from(there ? usual : mounted + "/" + line->controllers, line->path, older, left);
    }
  }
  return left;
}

std::optional<std::uint64_t> memory_left() { return memory_left_under({}); }

}  // namespace isthmus::detail
