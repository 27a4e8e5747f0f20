// SPDX-License-Identifier: MIT
//
// Waiting for somebody who is within a step or two of being done: first yield, then sleep from 20
// µs to 0.5 ms, for 200 ms at most where nothing else is said. Time counts only if there was a look
// in each of its milliseconds, since a machine or a container that was held up held up both sides.
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
    const auto now = std::chrono::steady_clock::now();
    if (tries_++ == 0) start_ = now;
    over_ = late_;
    late_ = tries_ > yields + limit_ / std::chrono::milliseconds(1) && now - start_ > limit_;
    if (tries_ <= yields) {  // on a busy machine each of these takes long, too
      ::sched_yield();
      return;
    }
    pause_for(pause_);
    pause_ = std::min(2 * pause_, std::chrono::microseconds(500));
  }

  /// Whether the limit had passed, and there has been a look since.
  [[nodiscard]] bool too_long() const { return over_; }

  /// Takes the time that has passed off a budget.
  void charge(std::chrono::nanoseconds& budget) const {
    if (tries_ == 0) return;
    const std::chrono::nanoseconds spent = std::chrono::steady_clock::now() - start_;
    budget = std::max(budget - spent, budget.zero());
  }

 private:
  static constexpr int yields = 8;

  std::chrono::nanoseconds limit_;
  int tries_ = 0;
  bool late_ = false;
  bool over_ = false;
  std::chrono::microseconds pause_{20};
  std::chrono::steady_clock::time_point start_;
};

}  // namespace isthmus::detail
