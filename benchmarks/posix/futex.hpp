// SPDX-License-Identifier: MIT
//
// The least with which one process can wake another: a word, a system call to wake and one to
// sleep. It knows one waiter and one permit.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace bench {

class futex {
 public:
  void give() noexcept {
    word_.store(1);
    ::syscall(SYS_futex, &word_, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }
  void take() noexcept {
    while (word_.exchange(0) == 0) ::syscall(SYS_futex, &word_, FUTEX_WAIT, 0, nullptr, nullptr, 0);
  }

 private:
  alignas(64) std::atomic<std::uint32_t> word_ = 0;
};

}  // namespace bench
