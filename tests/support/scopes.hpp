// SPDX-License-Identifier: MIT
//
// The scopes that there are: some POSIX builds have no scope::global (README), and say so.
#pragma once

#include "support/names.hpp"

#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/name.hpp>

#include <string>
#include <system_error>
#include <vector>

namespace support {

[[nodiscard]] inline bool has_global_scope() {
  std::error_code ec;
  (void)isthmus::event::open({.name = "Global\\" + unique_name("absent")}, ec);
  return ec != isthmus::errc::not_supported;
}

[[nodiscard]] inline std::vector<isthmus::scope> scopes() {
  std::vector<isthmus::scope> all{isthmus::scope::session};
  if (has_global_scope()) all.push_back(isthmus::scope::global);
  return all;
}

/// What names in them may begin with.
[[nodiscard]] inline std::vector<std::string> prefixes() {
  std::vector<std::string> all{""};
  if (has_global_scope()) all.emplace_back("Global\\");
  return all;
}

}  // namespace support
