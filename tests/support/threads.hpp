// SPDX-License-Identifier: MIT
//
// Other threads. Catch2's assertions belong to the test's own thread, so these bring results back.
#pragma once

#include "support/limits.hpp"
#include "support/thread_state.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace support {

/// Runs `work` in a thread that then ends, and returns its result.
template <class Work>
auto in_thread(Work work) {
  std::packaged_task<decltype(work())()> task(std::move(work));
  auto result = task.get_future();
  std::thread(std::move(task)).join();
  return result.get();
}

/// A thread that does one thing after the other and keeps its identity meanwhile.
class worker {
 public:
  worker() : thread_([this] { loop(); }) {}
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;
  ~worker() { end(); }

  /// Starts `work` there. One at a time.
  template <class Work>
  auto start(Work work) {
    using result_type = decltype(work());
    auto task = std::make_shared<std::packaged_task<result_type()>>(std::move(work));
    auto result = task->get_future();
    {
      const std::lock_guard guard(lock_);
      begun_ = false;
      work_ = [this, task] {
        begun_ = true;
        (*task)();
      };
    }
    changed_.notify_one();
    return result;
  }

  /// Runs `work` there and waits for the result.
  template <class Work>
  auto run(Work work) {
    auto result = start(std::move(work));
    if (result.wait_for(patience()) != std::future_status::ready) {
      throw std::runtime_error("a thread does not come back");
    }
    return result.get();
  }

  /// Whether what was started there, with this result, certainly blocks: it sleeps in a wait of the
  /// library.
  template <class Result>
  [[nodiscard]] bool blocks(const std::future<Result>& result) const {
    const auto back = [&] { return result.wait_for(0s) == std::future_status::ready; };
    return eventually([&] { return begun_.load(); }) && comes_to_sleep(number_, back);
  }

  /// Ends the thread.
  void end() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard guard(lock_);
      ended_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

 private:
  void loop() {
    std::unique_lock guard(lock_);
    number_ = this_thread();
    for (;;) {
      changed_.wait(guard, [this] { return ended_ || work_; });  // untimed: end() ends it
      if (!work_) return;
      auto work = std::exchange(work_, nullptr);
      guard.unlock();
      work();
      guard.lock();
    }
  }

  std::mutex lock_;
  std::condition_variable changed_;
  std::function<void()> work_;
  bool ended_ = false;
  std::atomic<bool> begun_ = false;  // the work
  thread_number number_;             // once work has begun
  std::thread thread_;
};

/// Whether the result of worker::start is there within the limit.
template <class Result>
[[nodiscard]] bool ready(const std::future<Result>& result, time_limit limit = patience()) {
  return result.wait_for(limit) == std::future_status::ready;
}

}  // namespace support
