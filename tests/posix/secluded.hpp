// SPDX-License-Identifier: MIT
//
// Children in a name space of process ids of their own.
#pragma once

#include "forked.hpp"

#include "support/files.hpp"

#include <exception>
#include <functional>
#include <string>

#include <sched.h>
#include <unistd.h>

namespace white {

/// The way that needs no privilege: a name space of users, in which this one keeps its number.
inline bool as_ordinary_user() {
  const auto user = std::to_string(::geteuid());
  if (::unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0) return false;
  try {
    support::write_file("/proc/self/uid_map", user + " " + user + " 1");
  } catch (const std::exception&) {
    return false;
  }
  return true;
}

/// A child in a name space of its own, where its number is 1. It is killed when the limit passes.
inline forked secluded(const std::function<int()>& work, time_limit limit = support::patience()) {
  // A child of the process that unshares is the first of the new name space.
  return forked([&work, limit] {
    if (::unshare(CLONE_NEWPID) != 0 && !as_ordinary_user()) return 96;
    forked inner([&work] { return ::getpid() == 1 ? work() : 95; });
    return inner.ended(limit).value_or(94);
  });
}

inline bool permitted() {
  return secluded([] { return 0; }).ended() == 0;
}

}  // namespace white
