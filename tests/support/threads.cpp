// SPDX-License-Identifier: MIT
#include "support/threads.hpp"

namespace support {

worker::worker() : thread_([this] { loop(); }) {}
worker::~worker() { end(); }

void worker::give(std::function<void()> work) {
  {
    const std::lock_guard guard(lock_);
    begun_ = false;
    work_ = std::move(work);
  }
  changed_.notify_one();
}

void worker::end() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard guard(lock_);
    ended_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

std::function<void()> worker::next() {
  std::unique_lock guard(lock_);
  changed_.wait(guard, [this] { return ended_ || work_; });  // untimed: end() ends it
  return std::exchange(work_, nullptr);
}

void worker::loop() {
  number_ = this_thread();
  while (const auto work = next()) {
    begun_ = true;
    work();
  }
}

}  // namespace support
