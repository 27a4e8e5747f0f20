// SPDX-License-Identifier: MIT
//
// A name that is removed and made anew while somebody is about to remove the former one.
#include "forked.hpp"
#include "seams.hpp"
#include "stale.hpp"

#include "lifetime.hpp"

#include "support/names.hpp"
#include "support/sections.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <string>
#include <system_error>

using namespace white;
using isthmus::section;
using support::of;

namespace {

/// Creates it as soon as nobody else works on the name.
section create_soon(const std::string& name) {
  section object;
  std::error_code ec;
  (void)support::eventually([&] { return (object = section::create(of(name), ec), !ec); });
  return object;
}

}  // namespace

TEST_CASE("an opener stopped between asking and claiming does not remove the next object",
          "[lifetime][mutation][LIFE-01]") {
  for (const bool mutated : {false, true}) {
    const auto name = support::unique_name("next");
    REQUIRE(leave_stale(name));
    // Where names have turns, the opener keeps its turn until it is told to go on.
    const bool waits = isthmus::detail::turn_count != 0 && !mutated;
    shared<std::array<std::atomic<bool>, 4>> flags;
    forked opener([&] {
      isthmus::seam::skip_link_test = mutated;
      isthmus::seam::skip_turn = mutated;
      pause_at(step::open_lock_asked, (*flags)[0], (*flags)[1]);
      std::error_code ec;
      const auto object = section::open({.name = name}, ec);
      return ec ? 1 : 0;
    });
    REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
    forked holder([&] {
      section object;
      std::error_code ec;
      object = section::create(of(name), ec);
      if (waits ? ec != isthmus::errc::busy : bool(ec)) return 1;
      (*flags)[1] = true;
      if (waits) object = create_soon(name);
      (*flags)[3] = true;
      await([&] { return (*flags)[2].load(); });
      return 0;
    });
    // Without the test for the link, the opener takes the new object's name away. With it it finds
    // that one, or none where that has to wait until the opener is done.
    CHECK(opener.ended() == (mutated || waits ? 1 : 0));
    REQUIRE(support::eventually([&] { return (*flags)[3].load(); }));
    CHECK(in_child([&] {
            std::error_code ec;
            const auto object = section::open({.name = name}, ec);
            return ec ? 1 : 0;
          }) == (mutated ? 1 : 0));
    (*flags)[2] = true;
    CHECK(holder.ended() == 0);
  }
}
