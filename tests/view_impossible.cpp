// SPDX-License-Identifier: MIT
//
// Addresses at which nothing can be. A program of its own: ThreadSanitizer asks the system for
// address 0 instead, gets it where the user is root, and ends the process.
#include <isthmus/error.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <bit>
#include <cstdint>
#include <system_error>

using isthmus::const_view;
using isthmus::errc;
using isthmus::section;
using isthmus::view;

TEMPLATE_TEST_CASE("addresses that no view can have are refused", "[view][VIEW-17]", view,
                   const_view) {
  const auto made = section::create({.size = 0x40000});
  for (const auto place : {~std::uintptr_t{0xffff}, ~std::uintptr_t{0} / 2 + 1}) {
    // Where 32 bits are all there are, the upper half may be the program's own, but for its end.
    if (sizeof place == 4 && place == ~std::uintptr_t{0} / 2 + 1) continue;
    std::error_code ec;
    CHECK_FALSE(TestType::map(made, {.address = std::bit_cast<void*>(place)}, ec));
    if (sizeof place > 4) CHECK(ec == errc::invalid_argument);
  }
}
