// SPDX-License-Identifier: MIT
//
// Children that are led on by single instructions, and killed between any two of them.
#pragma once

#include "forked.hpp"

#include <chrono>
#include <csignal>
#include <ctime>
#include <functional>

#include <pthread.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

namespace white {

/// While it lives, this thread and its new children share the processor it is on, and SIGCHLD is
/// kept for who asks: so each step goes from one to the other and back, however busy the machine.
class in_step {
 public:
  in_step() {
    ::sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(::sched_getcpu(), &here);
    ::sched_setaffinity(0, sizeof here, &here);
    ::sigemptyset(&stops_);
    ::sigaddset(&stops_, SIGCHLD);
    ::pthread_sigmask(SIG_BLOCK, &stops_, &blocked_);
  }
  ~in_step() {
    ::pthread_sigmask(SIG_SETMASK, &blocked_, nullptr);
    ::sched_setaffinity(0, sizeof before_, &before_);
  }
  in_step(const in_step&) = delete;
  in_step& operator=(const in_step&) = delete;

  /// Until a child may have stopped. Another thread may get its signal instead, so not for long.
  void nap() const {
    const timespec moment{0, 1'000'000};
    ::sigtimedwait(&stops_, nullptr, &moment);
  }

 private:
  cpu_set_t before_{};
  sigset_t stops_{};
  sigset_t blocked_{};
};

/// Leads a child, which stops itself, on by single instructions.
class led {
 public:
  explicit led(const std::function<void()>& work)
      : child_([work] {
          ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
          work();
          return 0;
        }) {}
  /// Where it stops by itself.
  bool stops() { return next_stop() == SIGSTOP; }
  void go_on() { ::ptrace(PTRACE_CONT, child_.id(), nullptr, nullptr); }
  /// One instruction. False: it stops by itself, or has ended.
  bool step() {
    return ::ptrace(PTRACE_SINGLESTEP, child_.id(), nullptr, nullptr) == 0 &&
           next_stop() == SIGTRAP;
  }
  void kill() { child_.kill(); }

 private:
  /// The signal with which it stops; 0 where it ends, or does not stop within the limit.
  int next_stop() {
    const auto end = support::clock::now() + support::patience();
    do {
      int status = 0;
      const pid_t changed = ::waitpid(child_.id(), &status, __WALL | WNOHANG);
      if (changed != 0) return changed > 0 && WIFSTOPPED(status) ? WSTOPSIG(status) : 0;
      in_step_.nap();
    } while (support::clock::now() < end);
    return 0;
  }
  in_step in_step_;
  forked child_;
};

/// Whether this process may do that.
inline bool may_lead() {
  return led([] { ::raise(SIGSTOP); }).stops();
}

/// Calls `try_one` with the numbers below `steps`, each once, in an order that is spread over all
/// of them from the first on: with all where the time is enough (less_factor() shortens it), else
/// with `at_least`. How many that were.
inline int at_each_of(int steps, const std::function<void(int)>& try_one, support::time_limit time,
                      int at_least) {
  const auto end = support::clock::now() + time / support::less_factor();
  int bits = 0;
  while (1 << bits < steps) ++bits;
  int tried = 0;
  for (int i = 0; i < 1 << bits; ++i) {
    int number = 0;  // i from right to left
    for (int bit = 0; bit < bits; ++bit) number |= (i >> bit & 1) << (bits - 1 - bit);
    if (number >= steps) continue;
    if (tried >= at_least && support::clock::now() > end) break;
    try_one(number);
    ++tried;
  }
  return tried;
}

/// The same in ten seconds, or with forty, or eight where a sanitizer has made many more of them.
inline int at_each_of(int steps, const std::function<void(int)>& try_one) {
  using namespace std::chrono_literals;
  return at_each_of(steps, try_one, 10s, steps < 20000 ? 40 : 8);
}

/// From the child's first stop to its second.
inline int instructions_of(const std::function<void()>& work) {
  led child(work);
  if (!child.stops()) return 0;
  int steps = 0;
  while (child.step()) ++steps;
  return steps;
}

}  // namespace white
