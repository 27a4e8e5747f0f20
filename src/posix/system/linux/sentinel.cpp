// SPDX-License-Identifier: MIT
//
// The thread of try_list() (system/robust_list.hpp). It is made by clone rather than by the C
// library: it has no storage of its own, and none of the library's handlers, or of a sanitizer,
// hears of it. Between its first line and its last it makes system calls only, with all signals
// blocked. musl refuses to make such a thread.
#include "posix/system/robust_list.hpp"
#include "posix/system/tsan.hpp"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>

#if defined(__clang__)
#define ISTHMUS_AS_WRITTEN __attribute__((disable_sanitizer_instrumentation))
#else
#define ISTHMUS_AS_WRITTEN __attribute__((no_sanitize_address, no_sanitize_undefined))
#endif

namespace isthmus::detail {
namespace {

struct sentinel {
  robust_list_head head{};
  robust_list node{};
  std::uint32_t word = 0;
  bool has_list = false;
  std::atomic<std::uint32_t> lives = 1;  // the kernel clears it
};

/// All that the thread does.
ISTHMUS_AS_WRITTEN int live(void* place) {
  auto& self = *static_cast<sentinel*>(place);
  self.node.next = &self.head.list;
  self.head.list.next = &self.node;
  self.head.futex_offset =
      static_cast<long>(offsetof(sentinel, word)) - static_cast<long>(offsetof(sentinel, node));
  self.word = static_cast<std::uint32_t>(::syscall(SYS_gettid));
  self.has_list = ::syscall(SYS_set_robust_list, &self.head, sizeof self.head) == 0;
  return 0;
}

}  // namespace

list_trial try_list() noexcept {
  if (tsan::is_there()) return list_trial::not_told;  // it takes clone for a fork
  const int before = errno;
  sentinel one;
  alignas(64) std::array<std::byte, 16384> stack;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  sigset_t all;
  sigset_t old;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &old);
  constexpr int as_a_thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                              CLONE_SYSVSEM | CLONE_CHILD_CLEARTID;
  const bool began = ::clone(live, stack.data() + stack.size(), as_a_thread, &one, nullptr, nullptr,
                             &one.lives) >= 0;
  while (began && one.lives.load() != 0)
    ::syscall(SYS_futex, &one.lives, FUTEX_WAIT, 1, nullptr, nullptr, 0);
  ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
  errno = before;
  if (!began || !one.has_list) return list_trial::not_told;
  return (one.word & FUTEX_OWNER_DIED) != 0 ? list_trial::marks : list_trial::ignores;
}

}  // namespace isthmus::detail
