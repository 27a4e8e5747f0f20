// SPDX-License-Identifier: MIT
//
// A process as this one knows it. Its end is a latch (latch.hpp) in the memory of this process
// alone, so that the engine of waits knows it as a manual event that is set and never reset.
#pragma once

#include "failure.hpp"
#include "posix/system/descriptor.hpp"
#include "posix/system/exit_code.hpp"
#include "posix/words/layout.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

namespace isthmus::detail {

class child {
 public:
  /// One that this process has just started, and reaps.
  static std::shared_ptr<child> started(pid_t id);
  /// Any other. nullptr where there is none, or it may not be touched.
  static std::shared_ptr<child> opened(pid_t id, bool to_signal, failure& why);

  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child();

  [[nodiscard]] pid_t id() const noexcept { return id_; }
  /// Readable once it has ended; -1 where there is no such descriptor.
  [[nodiscard]] int pidfd() const noexcept { return pidfd_.get(); }
  [[nodiscard]] dispatcher_block& block() noexcept { return block_; }

  /// Whether it has ended. Whoever finds that first reaps it, if it is ours, and sets the latch.
  bool look() noexcept;
  /// Ours have one, and others where they hand it over (exit_code.hpp).
  [[nodiscard]] std::optional<std::int32_t> code() noexcept;
  /// Whether it would stay as a zombie if nobody looked.
  [[nodiscard]] bool to_be_reaped() noexcept;
  /// Whether it may be found out yet where it will hand over its code: look() tries that.
  [[nodiscard]] bool seeks_code() noexcept;
  void kill(failure& why);
  /// Sleeps until it may have ended, and at most for `left`; `pause` is for the next time.
  void doze(std::chrono::nanoseconds left, std::chrono::nanoseconds& pause) noexcept;

 private:
  child(pid_t id, bool ours) noexcept;
  void notice_fork() noexcept;
  bool find_end() noexcept;
  void set_latch() noexcept;

  pid_t id_;
  descriptor pidfd_;
  std::mutex lock_;  // of what is below; forks wait for whoever holds it
  pid_t user_;       // the process whose memory this is
  bool ours_;        // started by it
  bool ended_ = false;
  std::optional<std::int32_t> code_;
  handed_code handed_;  // of one that is not ours
  int searches_ = 200;  // for that: before its main, a process has no page yet
  dispatcher_block block_{};
};

}  // namespace isthmus::detail
