// SPDX-License-Identifier: MIT
//
// Waiting for somebody who is within a step or two of being done: first yield, then sleep from 20
// µs to 0.5 ms, for 200 ms at most where nothing else is said.
#pragma once

#include "pause.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>

namespace isthmus::detail {

class back_off {
 public:
  explicit back_off(std::chrono::nanoseconds limit = std::chrono::milliseconds(200)) noexcept
      : limit_(limit) {}

  void once() {
    if (++tries_ == 1) start_ = std::chrono::steady_clock::now();
    if (tries_ <= 8) {  // on a busy machine each of these takes long, too
      ::sched_yield();
      return;
    }
    pause_for(pause_);
    pause_ = std::min(2 * pause_, std::chrono::microseconds(500));
  }

  [[nodiscard]] bool too_long() const {
    return tries_ > 0 && std::chrono::steady_clock::now() - start_ > limit_;
  }

  /// Takes the time that has passed off a budget.
  void charge(std::chrono::nanoseconds& budget) const {
    if (tries_ == 0) return;
    const std::chrono::nanoseconds spent = std::chrono::steady_clock::now() - start_;
    budget = std::max(budget - spent, budget.zero());
  }

 private:
  std::chrono::nanoseconds limit_;
  int tries_ = 0;
  std::chrono::microseconds pause_{20};
  std::chrono::steady_clock::time_point start_;
};

}  // namespace isthmus::detail
