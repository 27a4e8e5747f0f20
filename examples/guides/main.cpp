// SPDX-License-Identifier: MIT
#include "guides.hpp"

#include <fmt/format.h>

#include <exception>
#include <string_view>

namespace guides {
namespace {

int problems = 0;

}  // namespace

void expect(bool holds, std::string_view what) {
  if (holds) return;
  ++problems;
  fmt::print("does not hold: {}\n", what);
}

}  // namespace guides

int main() try {
  guides::sharing();
  guides::waiting();
  guides::files();
  guides::from_win32();
  guides::from_boost();
  guides::from_qt();
  guides::from_posix();
  guides::troubleshooting();
  fmt::print("{} problems\n", guides::problems);
  return guides::problems == 0 ? 0 : 1;
} catch (const std::exception& problem) {
  fmt::print("{}\n", problem.what());
  return 1;
}
