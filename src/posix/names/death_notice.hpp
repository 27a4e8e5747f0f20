// SPDX-License-Identifier: MIT
//
// A killed process frees its mutexes before it lets go of its files, so the next owner may well be
// through before the dead one is: then neither would be an object's last holder, and its name and
// memory would stay until somebody else comes by. So who has just learned of a death gives the dead
// a moment, where it finds an object still held that it lets go of itself.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>

namespace isthmus::detail {

class death_notice {
 public:
  /// This process has learned that another one, or a thread of one, died as a mutex's owner.
  void learned() noexcept { until_.store(now() + moment, std::memory_order_relaxed); }

  /// What is left of the moment; mostly nothing.
  [[nodiscard]] std::chrono::nanoseconds left() const noexcept {
    const auto until = until_.load(std::memory_order_relaxed);
    return until == never ? never : std::max(until - now(), never);
  }

 private:
  static constexpr std::chrono::nanoseconds never{0};
  static constexpr std::chrono::nanoseconds moment = std::chrono::milliseconds(50);

  static std::chrono::nanoseconds now() noexcept {
    return std::chrono::steady_clock::now().time_since_epoch();
  }

  std::atomic<std::chrono::nanoseconds> until_{never};
};

/// This copy of the library's.
extern death_notice latest_death;

}  // namespace isthmus::detail
