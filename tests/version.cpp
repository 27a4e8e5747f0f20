// SPDX-License-Identifier: MIT
#include <isthmus/version.hpp>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

// The same numbers in each form. That they are the build file's, the consumers of scripts/test
// install compare.
TEST_CASE("the macros and the library agree about the version", "[version]") {
  CHECK(isthmus::version() == ISTHMUS_VERSION_TEXT);
  CHECK(fmt::format("{}.{}.{}", ISTHMUS_VERSION_MAJOR, ISTHMUS_VERSION_MINOR,
                    ISTHMUS_VERSION_PATCH) == ISTHMUS_VERSION_TEXT);
  CHECK(ISTHMUS_VERSION ==
        10000 * ISTHMUS_VERSION_MAJOR + 100 * ISTHMUS_VERSION_MINOR + ISTHMUS_VERSION_PATCH);
}
