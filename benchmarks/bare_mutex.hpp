// SPDX-License-Identifier: MIT
//
// The least that a lock in shared memory can be: two atomic operations, inlined. It knows no owner,
// cannot be waited for, and is lost when its holder dies.
#pragma once

#include <atomic>
#include <cstdint>

namespace bench {

class bare_mutex {
 public:
  void lock() noexcept {
    std::uint64_t free = 0;
    while (!word_.compare_exchange_strong(free, 1, std::memory_order_acquire,
                                          std::memory_order_relaxed))
      free = 0;
  }
  void unlock() noexcept { word_.exchange(0, std::memory_order_release); }

 private:
  std::atomic<std::uint64_t> word_ = 0;
};

}  // namespace bench
