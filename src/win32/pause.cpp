// SPDX-License-Identifier: MIT
#include "pause.hpp"

#include <thread>

namespace isthmus::detail {

void pause_for(std::chrono::nanoseconds time) noexcept { std::this_thread::sleep_for(time); }

}  // namespace isthmus::detail
