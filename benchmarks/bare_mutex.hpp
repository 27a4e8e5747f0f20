// SPDX-License-Identifier: MIT
//
// The least that a lock in shared memory can be: a compare-and-swap to take it and one to give it
// back, inlined. It knows no owner, cannot be waited for, and is lost when its holder dies.
#pragma once

#include <atomic>
#include <cstdint>

namespace bench {

class bare_mutex {
 public:
  void lock() noexcept { change(0, 1, std::memory_order_acquire); }
  void unlock() noexcept { change(1, 0, std::memory_order_release); }

 private:
  void change(std::uint64_t from, std::uint64_t to, std::memory_order order) noexcept {
    std::uint64_t expected = from;
    while (!word_.compare_exchange_strong(expected, to, order, std::memory_order_relaxed))
      expected = from;
  }

  std::atomic<std::uint64_t> word_ = 0;
};

}  // namespace bench
