// SPDX-License-Identifier: MIT
//
// Dead objects, as a crash leaves them.
#pragma once

#include "forked.hpp"

#include <isthmus/section.hpp>

#include <csignal>
#include <cstdint>
#include <string>

#include <unistd.h>

namespace white {

/// A process makes an object and is killed as its only holder. False: it did not come to that.
[[nodiscard]] inline bool leave_stale(const std::string& name, std::uint64_t size = 4096) {
  return in_child([&] {
           const auto object = isthmus::section::create({.name = name, .size = size});
           ::kill(getpid(), SIGKILL);
           return 0;
         }) == 128 + SIGKILL;
}

}  // namespace white
