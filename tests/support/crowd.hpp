// SPDX-License-Identifier: MIT
//
// Threads that wait, as many as a test wants.
#pragma once

#include "support/thread_state.hpp"
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
    member& mine = members_.emplace_back();
    results_.push_back(threads_.emplace_back().start([&mine, wait = std::move(wait)]() mutable {
      mine.number = this_thread();
      mine.begun = true;
      const auto result = as_result(wait());
      mine.back = true;
      return result;
    }));
  }

  /// Whether all of them certainly block: they sleep in their waits.
  [[nodiscard]] bool blocks() { return exactly(0); }
  /// Whether so many come back, and no more: the others sleep. Where the system does not tell who
  /// sleeps, no more within a moment.
  [[nodiscard]] bool exactly(std::size_t count) {
    auto others = thread_state::busy;
    (void)eventually([&] {
      if (back() < count) return false;
      others = state_of_others();
      return others != thread_state::busy || back() > count;
    });
    if (others != thread_state::waits)
      (void)eventually([&] { return back() > count; }, back() == members_.size() ? 0ms : moment);
    return others != thread_state::busy && back() == count;
  }
  /// Whether all of them come back.
  [[nodiscard]] bool all() {
    return eventually([&] { return back() == members_.size(); });
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

  struct member {
    thread_number number;  // once it has begun
    std::atomic<bool> begun = false;
    std::atomic<bool> back = false;
    bool napped = false;  // since it began
  };

  [[nodiscard]] std::size_t back() const {
    std::size_t count = 0;
    for (const member& one : members_) count += one.back ? 1 : 0;
    return count;
  }
  /// Of those who are not back: busy where one is. Each is looked at twice, since the first may
  /// have been held up by the last on the way to its wait.
  [[nodiscard]] thread_state state_of_others() {
    auto all = thread_state::waits;
    for (int look = 0; look < 2; ++look) {
      for (member& one : members_) {
        if (one.back) continue;
        if (!one.begun) return thread_state::busy;
        const auto state = state_of(one.number);
        one.napped = one.napped || state == thread_state::naps;
        if (state == thread_state::busy && !one.napped) return state;
        if (state != thread_state::waits) all = state;
      }
    }
    return all == thread_state::busy ? thread_state::naps : all;
  }

  std::list<member> members_;
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
