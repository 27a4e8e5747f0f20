// SPDX-License-Identifier: MIT
#include "pause.hpp"

#include "no_cancel.hpp"

#include <thread>

namespace isthmus::detail {

void pause_for(std::chrono::nanoseconds time) noexcept {
  const no_cancel whole;
  std::this_thread::sleep_for(time);
}

}  // namespace isthmus::detail
