// SPDX-License-Identifier: MIT
//
// A process that does one thing whenever it is asked to, and answers with what came of it. It ends
// when the asking one does.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <utility>

namespace bench {

struct answer {
  std::int64_t count = 0;
  std::int64_t time = 0;  ///< nanoseconds
};

class worker {
 public:
  /// In the new process `make()` makes what it works with: a function of a request.
  template <class Make>
  explicit worker(const Make& make) {
    if (!start()) return;
    try {
      auto job = make();
      serve(std::ref(job));
    } catch (const std::exception& problem) {
      std::fprintf(stderr, "bench: a worker: %s\n", problem.what());
    }
    ::_exit(1);
  }
  ~worker();
  worker(worker&& other) noexcept
      : id_(std::exchange(other.id_, 0)),
        requests_(std::exchange(other.requests_, -1)),
        answers_(std::exchange(other.answers_, -1)) {}
  worker& operator=(worker&&) = delete;

  void ask(std::int64_t request) const;
  /// Waits for it.
  [[nodiscard]] answer result() const;
  /// Ends it by SIGKILL.
  void kill() const noexcept;

 private:
  /// true in the new process.
  bool start();
  [[noreturn]] void serve(const std::function<answer(std::int64_t)>& job) const;

  int id_ = 0;
  int requests_ = -1;
  int answers_ = -1;
};

/// The steady clock, which all processes share.
std::int64_t now() noexcept;

}  // namespace bench
