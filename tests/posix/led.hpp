// SPDX-License-Identifier: MIT
//
// Children that are led on by single instructions, and killed between any two of them.
#pragma once

#include "forked.hpp"

#include <csignal>
#include <functional>

#include <sys/ptrace.h>
#include <sys/wait.h>

namespace white {

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
  bool stops() { return wait() == SIGSTOP; }
  void go_on() { ::ptrace(PTRACE_CONT, child_.id(), nullptr, nullptr); }
  /// One instruction. False: it stops by itself, or has ended.
  bool step() {
    return ::ptrace(PTRACE_SINGLESTEP, child_.id(), nullptr, nullptr) == 0 && wait() == SIGTRAP;
  }
  void kill() { child_.kill(); }

 private:
  int wait() {
    int status = 0;
    return ::waitpid(child_.id(), &status, __WALL) == child_.id() &&  // untimed: one instruction
                   WIFSTOPPED(status)
               ? WSTOPSIG(status)
               : 0;
  }
  forked child_;
};

/// Whether this process may do that.
inline bool may_lead() {
  return led([] { ::raise(SIGSTOP); }).stops();
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
