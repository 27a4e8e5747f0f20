// SPDX-License-Identifier: MIT
//
// Ends a program that hangs, and says where it was.
#pragma once

#include "support/limits.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace support {

/// How long a whole test program may take. Meson's own limit is longer.
[[nodiscard]] inline time_limit program_limit() { return scaled(110s); }

class watchdog {
 public:
  explicit watchdog(std::string what);
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;
  ~watchdog();

  /// What the program is doing now.
  static void says(const std::string& what);

 private:
  void watch();

  std::mutex lock_;
  std::condition_variable done_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace support
