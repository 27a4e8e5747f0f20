// SPDX-License-Identifier: MIT
//
// Shows a weather report under the name "weather" until its standard input ends, for
// read_weather.py.
#include <isthmus/isthmus.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstdio>

// Fixed sizes and no gaps: any language can read it.
struct weather_report {
  std::uint32_t version;
  std::uint32_t count;
  std::array<char, 16> place;
  std::array<double, 8> celsius;
};
static_assert(sizeof(weather_report) == 88);

int main() {
  auto section = isthmus::section::create({.name = "weather", .size = sizeof(weather_report)});
  auto memory = isthmus::view::map(section);
  memory.as<weather_report>() = {1, 3, {"Colon"}, {27.5, 31.25, 29.0}};
  fmt::print("ready\n");
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}
