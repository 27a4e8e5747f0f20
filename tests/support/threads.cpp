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

void worker::loop() {
  std::unique_lock guard(lock_);
  number_ = this_thread();
  for (;;) {
    changed_.wait(guard, [this] { return ended_ || work_; });  // untimed: end() ends it
    if (!work_) return;
    auto work = std::exchange(work_, nullptr);
    guard.unlock();
    begun_ = true;
    work();
    guard.lock();
  }
}

}  // namespace support
