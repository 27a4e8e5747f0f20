// SPDX-License-Identifier: MIT
#include "support/limits.hpp"

#include <cstdlib>

namespace support {

double slow_factor() {
  static const double factor = [] {
    const char* text = std::getenv("ISTHMUS_TEST_SLOW");
    const double value = text == nullptr ? 1.0 : std::strtod(text, nullptr);
    return value > 0 ? value : 1.0;
  }();
  return factor;
}

time_limit scaled(time_limit limit) {
  return std::chrono::duration_cast<time_limit>(limit * slow_factor());
}

}  // namespace support
