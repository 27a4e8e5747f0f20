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
template <class Result>
Result in_thread_of(std::function<Result()> work) {
  std::packaged_task<Result()> task(std::move(work));
  auto result = task.get_future();
  std::thread(std::move(task)).join();
  return result.get();
}
template <class Work>
auto in_thread(Work work) {  // there are many of these, and few results: so the compiler has less
  return in_thread_of(std::function<decltype(work())()>(std::move(work)));
}

/// A thread that does one thing after the other and keeps its identity meanwhile.
class worker {
 public:
  worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;
  ~worker();

  /// Starts `work` there. One at a time.
  template <class Work>
  auto start(Work work) {
    return begin(std::function<decltype(work())()>(std::move(work)));
  }

  /// Runs `work` there and waits for the result.
  template <class Work>
  auto run(Work work) {
    return wait_for(start(std::move(work)));
  }

  /// Whether what was started there, with this result, certainly blocks: it sleeps in a wait of the
  /// library.
  template <class Result>
  [[nodiscard]] bool blocks(const std::future<Result>& result) const {
    const auto back = [&] { return result.wait_for(0s) == std::future_status::ready; };
    return eventually([&] { return begun_.load(); }) && comes_to_sleep(number_, back);
  }

  /// Ends the thread.
  void end();

 private:
  template <class Result>
  std::future<Result> begin(std::function<Result()> work) {
    auto task = std::make_shared<std::packaged_task<Result()>>(std::move(work));
    auto result = task->get_future();
    give([task] { (*task)(); });
    return result;
  }
  template <class Result>
  static Result wait_for(std::future<Result> result) {
    if (result.wait_for(patience()) != std::future_status::ready)
      throw std::runtime_error("a thread does not come back");
    return result.get();
  }
  void give(std::function<void()> work);
  std::function<void()> next();  // nothing at the end
  void loop();

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
