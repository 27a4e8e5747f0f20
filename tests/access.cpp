// SPDX-License-Identifier: MIT
#include <isthmus/access.hpp>

#include <catch2/catch_test_macros.hpp>

using isthmus::includes;
using rights = isthmus::access;

TEST_CASE("rights are sets", "[access][ACL-01]") {
  constexpr auto both = rights::read | rights::write;
  STATIC_REQUIRE(includes(both, rights::read));
  STATIC_REQUIRE(includes(both, both));
  STATIC_REQUIRE(includes(both, rights::none));
  STATIC_REQUIRE_FALSE(includes(both, rights::execute));
  STATIC_REQUIRE_FALSE(includes(rights::read, both));
  STATIC_REQUIRE_FALSE(includes(rights::none, rights::read));
  STATIC_REQUIRE((both & rights::read) == rights::read);
  STATIC_REQUIRE((rights::read & rights::write) == rights::none);
}

TEST_CASE("rights do not imply one another", "[access][VIEW-06][ACL-05]") {
  constexpr rights all[] = {rights::read,    rights::write, rights::copy,
                            rights::execute, rights::wait,  rights::modify};
  for (const auto one : all) {
    for (const auto other : all) CHECK(includes(one, other) == (one == other));
  }
}

TEST_CASE("rights are written as a list", "[access]") {
  CHECK(to_string(rights::none) == "none");
  CHECK(to_string(rights::read) == "read");
  CHECK(to_string(rights::read | rights::write) == "read|write");
  CHECK(to_string(rights::modify | rights::wait) == "wait|modify");
  CHECK(to_string(rights::copy | rights::execute) == "copy|execute");
}
