// SPDX-License-Identifier: MIT
//
// What tests ask of a listener's name.
#pragma once

#include "support/limits.hpp"

#include <isthmus/channel.hpp>

#include <string>
#include <system_error>

namespace white {

inline std::error_code connect_code(const std::string& name) {
  std::error_code ec;
  (void)isthmus::channel::connect({.name = name}, ec);
  return ec;
}

/// Whether one can listen there, and be reached.
inline bool works(const std::string& name) {
  auto door = isthmus::listener::create({.name = name});
  auto guest = isthmus::channel::connect({.name = name});
  auto host = door.accept(support::patience());
  guest.send("x");
  return host.receive(support::patience()).message == "x";
}

}  // namespace white
