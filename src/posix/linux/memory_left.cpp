// SPDX-License-Identifier: MIT
#include "space.hpp"

#include "descriptor.hpp"
#include "retry.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace isthmus::detail {
namespace {

/// A small file of the kernel's, empty where there is none.
std::string content_of(const std::string& path) {
  const descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> buffer{};
  const auto got = fd ? retry([&] { return ::read(fd.get(), buffer.data(), buffer.size()); }) : -1;
  return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string();
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

/// What one control group leaves: its limit less what it uses and could not give back.
std::optional<std::uint64_t> left_in_group(const std::string& group) {
  const auto limit = number_after(content_of(group + "/memory.max"), "");
  const auto used = number_after(content_of(group + "/memory.current"), "");
  if (!limit || !used) return std::nullopt;  // "max" is no number
  const auto cache = number_after(content_of(group + "/memory.stat"), "inactive_file ").value_or(0);
  const std::uint64_t bound = *used - std::min(*used, cache);
  return *limit - std::min(*limit, bound);
}

}  // namespace

std::optional<std::uint64_t> memory_left() {
  const std::string machine = content_of("/proc/meminfo");
  const auto available = number_after(machine, "MemAvailable:");
  if (!available) return std::nullopt;
  std::uint64_t left = (*available + number_after(machine, "SwapFree:").value_or(0)) * 1024;

  std::string group = content_of("/proc/self/cgroup");
  if (!group.starts_with("0::/")) return left;  // the older kind of control groups: machine only
  group = group.substr(3, group.find('\n') - 3);
  for (;;) {  // this group and those around it
    if (const auto here = left_in_group("/sys/fs/cgroup" + group)) left = std::min(left, *here);
    const std::size_t slash = group.rfind('/');
    if (slash == std::string::npos || group.empty()) return left;
    group.resize(slash);
  }
}

}  // namespace isthmus::detail
