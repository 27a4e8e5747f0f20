// SPDX-License-Identifier: MIT
//
// Threads that wait, as many as a test wants.
#pragma once

#include "support/thread_state.hpp"
#include "support/threads.hpp"

#include <isthmus/wait.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <future>
#include <list>
#include <utility>
#include <vector>

namespace support {

/// Threads that each wait once. The waits have limits, so that all of them end.
class crowd {
 public:
  /// Starts a thread for one wait, which gives a wait_status or a wait_result.
  template <class Wait>
  void add(Wait limited) {
    start([limited = std::move(limited)]() mutable { return as_result(limited()); });
  }

  /// Whether all of them certainly block: they sleep in their waits.
  [[nodiscard]] bool blocks() { return exactly(0); }
  /// Whether all who are not back come to sleep, as far as the system tells who does.
  [[nodiscard]] bool sleeps();
  /// Whether so many come back, and no more: the others sleep. Where the system does not tell who
  /// sleeps, no more within a moment.
  [[nodiscard]] bool exactly(std::size_t count);
  /// Whether all of them come back.
  [[nodiscard]] bool all();
  /// How they came back. Waits for all of them.
  [[nodiscard]] std::vector<isthmus::wait_result> results();
  /// How many of all came back with this.
  [[nodiscard]] std::size_t count(isthmus::wait_result wanted);

 private:
  static isthmus::wait_result as_result(isthmus::wait_result result) { return result; }
  static isthmus::wait_result as_result(isthmus::wait_status status) { return {status, 0}; }

  struct member {
    thread_number number;  // once it has begun
    std::atomic<bool> begun = false;
    std::atomic<bool> back = false;
    bool napped = false;  // since it began
  };

  void start(std::function<isthmus::wait_result()> limited);
  [[nodiscard]] std::size_t back() const;
  [[nodiscard]] thread_state state_of_others();

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
