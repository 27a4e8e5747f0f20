// SPDX-License-Identifier: MIT
#pragma once

#include "support/limits.hpp"

#include <csignal>

#include <sys/types.h>
#include <sys/wait.h>

namespace veneer_tests {

/// The exit code of a fork's child; -1: it does not end.
inline int ended(pid_t child) {
  int status = -1;
  if (!support::eventually([&] { return ::waitpid(child, &status, WNOHANG) == child; })) {
    ::kill(child, SIGKILL);
    return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace veneer_tests
