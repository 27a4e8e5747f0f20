// SPDX-License-Identifier: MIT
#include <isthmus/permissions.hpp>

#include "support/kinds.hpp"
#include "support/names.hpp"

#include <isthmus/error.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <system_error>

using namespace support;
using isthmus::audience;
using isthmus::errc;

TEST_CASE("objects are private unless their creator says otherwise", "[permissions][ACL-07]") {
  constexpr isthmus::permissions usual;
  STATIC_REQUIRE(usual.read == audience::owner);
  STATIC_REQUIRE(usual.modify == audience::owner);
  STATIC_REQUIRE(usual.native.empty());
}

TEMPLATE_LIST_TEST_CASE("whatever others may do, the creator's handle has all rights",
                        "[permissions][ACL-06]", kinds) {
  for (const auto read : {audience::owner, audience::group, audience::everyone}) {
    for (const auto modify : {audience::owner, audience::group, audience::everyone}) {
      const auto name = unique_name("audience");
      auto options = kind<TestType>::create(name);
      options.permissions = {.read = read, .modify = modify};
      auto made = TestType::create(options);
      CHECK(isthmus::includes(made.access(), kind<TestType>::full));
      // The same user may open it with all rights, too.
      auto opened = TestType::open(kind<TestType>::open(name));
      CHECK(kind<TestType>::same(made, opened));
    }
  }
}

TEMPLATE_LIST_TEST_CASE("permissions in words that the system does not know are invalid_argument",
                        "[permissions]", kinds) {
  for (const auto* const words : {"nonsense", "rw-r--r--", "0999", "\x01"}) {
    auto options = kind<TestType>::create();
    options.permissions.native = words;
    std::error_code ec;
    CHECK_FALSE(TestType::create(options, ec));
    CHECK(ec == errc::invalid_argument);
  }
}
