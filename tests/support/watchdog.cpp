// SPDX-License-Identifier: MIT
#include "support/watchdog.hpp"

#include "support/system.hpp"

#include <cstdio>

namespace support {

namespace {

struct {
  std::mutex lock;
  std::string text;
} current;

}  // namespace

watchdog::watchdog(std::string what) {
  says(what);
  thread_ = std::thread(&watchdog::watch, this);
}

watchdog::~watchdog() {
  {
    const std::lock_guard guard(lock_);
    ended_ = true;
  }
  done_.notify_one();
  thread_.join();
}

void watchdog::says(const std::string& what) {
  const std::lock_guard guard(current.lock);
  current.text = what;
}

void watchdog::watch() {
  std::unique_lock guard(lock_);
  if (done_.wait_for(guard, program_limit(), [this] { return ended_; })) return;
  {
    const std::lock_guard names(current.lock);
    std::fprintf(stderr, "took too long, ended in: %s\n", current.text.c_str());
    std::fflush(stderr);
  }
  exit_at_once(124);
}

}  // namespace support
