// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include "guides.hpp"

#include <cstdint>
#include <system_error>

void guides::troubleshooting() {
  // [space]
  std::error_code ec;
  auto huge = isthmus::section::create({.size = std::uint64_t{1} << 50}, ec);
  bool too_big = ec == isthmus::errc::no_space || ec == isthmus::errc::not_enough_memory;
  // [end]
  expect(!huge && too_big, "a section that is too large is refused when it is made");
  // [clean]
  const auto found = isthmus::clean();  // what crashed programs of this user have left
  // found.objects, found.records, found.bytes
  // [end]
  expect(found.objects < 1'000'000, "cleaning works");
}
