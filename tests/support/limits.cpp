// SPDX-License-Identifier: MIT
#include "support/limits.hpp"

#include <cstdlib>

namespace support {

namespace {

double factor_in(const char* variable) {
  const char* const text = std::getenv(variable);
  const double value = text == nullptr ? 1.0 : std::strtod(text, nullptr);
  return value > 0 ? value : 1.0;
}

}  // namespace

double slow_factor() {
  static const double factor = factor_in("ISTHMUS_TEST_SLOW");
  return factor;
}

double less_factor() {
  static const double factor = factor_in("ISTHMUS_TEST_LESS");
  return factor;
}

time_limit scaled(time_limit limit) {
  return std::chrono::duration_cast<time_limit>(limit * slow_factor());
}

}  // namespace support
