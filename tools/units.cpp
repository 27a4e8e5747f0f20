// SPDX-License-Identifier: MIT
#include "units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <utility>

namespace tool {

using namespace std::chrono_literals;

std::optional<std::chrono::nanoseconds> read_duration(std::string_view text) {
  // By strtod, since not every library has from_chars for this.
  const bool plain = !text.empty() && (text[0] == '.' || (text[0] >= '0' && text[0] <= '9')) &&
                     text.find_first_of("xX") == text.npos;
  if (!plain) return std::nullopt;
  const std::string copy(text);
  char* rest = nullptr;
  const double amount = std::strtod(copy.c_str(), &rest);
  const std::string_view unit(rest);
  constexpr std::array<std::pair<std::string_view, double>, 8> units{{{"", 1},
                                                                      {"ns", 1e-9},
                                                                      {"us", 1e-6},
                                                                      {"ms", 1e-3},
                                                                      {"s", 1},
                                                                      {"m", 60},
                                                                      {"min", 60},
                                                                      {"h", 3600}}};
  for (const auto& [name, seconds] : units) {
    if (unit != name) continue;
    const double all = amount * seconds;
    if (all >= 9.2e9) return std::chrono::nanoseconds::max();
    return std::chrono::nanoseconds(std::llround(all * 1e9));
  }
  return std::nullopt;
}

std::optional<std::uint64_t> read_size(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t amount = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, amount, hexadecimal ? 16 : 10);
  if (error != std::errc()) return std::nullopt;
  std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (unit.empty()) return amount;
  constexpr std::string_view letters = "KMGTP";
  const auto power = letters.find(static_cast<char>(unit.front() & ~0x20));
  unit.remove_prefix(1);
  if (power == letters.npos || !(unit.empty() || unit == "iB" || unit == "B")) return std::nullopt;
  const auto shift = static_cast<unsigned>(10 * (power + 1));
  if (amount > std::numeric_limits<std::uint64_t>::max() >> shift) return std::nullopt;
  return amount << shift;
}

std::string to_text(std::chrono::nanoseconds time) {
  const double seconds = std::chrono::duration<double>(time).count();
  if (time == 0ns) return "0 s";
  if (time < 1ms) return fmt::format("{:.3g} us", seconds * 1e6);
  if (time < 1s) return fmt::format("{:.3g} ms", std::min(seconds * 1e3, 999.0));
  if (time < 60s) return fmt::format("{:.1f} s", seconds);
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time).count();
  if (minutes < 60) return fmt::format("{} min", minutes);
  constexpr std::int64_t day = std::int64_t{24} * 60;
  if (minutes < 2 * day) return fmt::format("{} h {} min", minutes / 60, minutes % 60);
  return fmt::format("{} d", minutes / day);
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < units.size(); ++unit) amount /= 1024;
  return fmt::format("{:.1f} {}", amount, units[unit]);
}

}  // namespace tool
