// SPDX-License-Identifier: MIT
//
// Threads that wait, as many as a test wants.
#pragma once

#include "support/threads.hpp"

#include <isthmus/wait.hpp>

#include <atomic>
#include <cstddef>
#include <list>
#include <utility>
#include <vector>

namespace support {

/// Threads that each wait once. The waits have limits, so that all of them end.
class crowd {
 public:
  /// Starts a thread for one wait, which gives a wait_status or a wait_result.
  template <class Wait>
  void add(Wait wait) {
    results_.push_back(threads_.emplace_back().start([this, wait = std::move(wait)]() mutable {
      ++begun_;
      const auto result = as_result(wait());
      ++back_;
      return result;
    }));
  }

  /// Whether all of them certainly block: they have begun, and a moment later nobody is back.
  [[nodiscard]] bool blocks() { return exactly(0); }
  /// Whether so many come back, and a moment later no more.
  [[nodiscard]] bool exactly(std::size_t count) {
    const auto more = [&] { return back_ > count; };
    return eventually([&] { return begun_ == results_.size() && back_ >= count; }) &&
           !eventually(more, back_ == results_.size() ? 0ms : moment);
  }
  /// Whether all of them come back.
  [[nodiscard]] bool all() {
    return eventually([&] { return back_ == results_.size(); });
  }
  /// How they came back. Waits for all of them.
  [[nodiscard]] std::vector<isthmus::wait_result> results() {
    std::vector<isthmus::wait_result> found;
    found.reserve(results_.size());
    for (auto& result : results_) found.push_back(result.get());
    return found;
  }
  /// How many of all came back with this.
  [[nodiscard]] std::size_t count(isthmus::wait_result wanted) {
    std::size_t found = 0;
    for (const auto& result : results()) found += result == wanted ? 1 : 0;
    results_.clear();
    return found;
  }

 private:
  static isthmus::wait_result as_result(isthmus::wait_result result) { return result; }
  static isthmus::wait_result as_result(isthmus::wait_status status) { return {status, 0}; }

  std::atomic<std::size_t> begun_ = 0;
  std::atomic<std::size_t> back_ = 0;
  std::vector<std::future<isthmus::wait_result>> results_;
  std::list<worker> threads_;
};

inline constexpr isthmus::wait_result signaled{isthmus::wait_status::signaled, 0};
inline constexpr isthmus::wait_result abandoned{isthmus::wait_status::abandoned, 0};
inline constexpr isthmus::wait_result timeout{isthmus::wait_status::timeout, 0};
constexpr isthmus::wait_result signaled_at(std::size_t index) {
  return {isthmus::wait_status::signaled, index};
}
constexpr isthmus::wait_result abandoned_at(std::size_t index) {
  return {isthmus::wait_status::abandoned, index};
}

/// Whether a wait for the object would be satisfied; takes what it takes.
[[nodiscard]] inline bool ready_now(isthmus::waitable& object) {
  return object.wait_for(0s) == isthmus::wait_status::signaled;
}

}  // namespace support
