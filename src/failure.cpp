// SPDX-License-Identifier: MIT
#include "failure.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <exception>

namespace isthmus::detail {

void raise(const operation& called, std::string_view name, const failure& why) {
  const std::string text = why.detail.empty() ? why.code.message() : why.detail;
  const std::string_view colons = called.function.empty() ? "" : "::";
  const std::string shown =
      name.empty() ? fmt::format("{}{}{}", called.text, colons, called.function)
                   : fmt::format("{}{}{}(\"{}\")", called.text, colons, called.function, name);
  throw error(why.code, fmt::format("{}: {}", shown, text));
}

std::string text_of(const std::filesystem::path& path) noexcept {
  try {
    const auto text = path.u8string();
    return {text.begin(), text.end()};
  } catch (const std::exception&) {
    return {};
  }
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  double amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < units.size(); ++unit) amount /= 1024;
  return fmt::format("{:.1f} {}", amount, units[unit]);
}

}  // namespace isthmus::detail
