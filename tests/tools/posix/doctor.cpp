// SPDX-License-Identifier: MIT
//
// What doctor says of directories.
#include "tools/command.hpp"

#include "support/child.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdlib>
#include <string>

#include <sys/stat.h>

using namespace support;

TEST_CASE("doctor finds a directory from which others may take the names away", "[tool]") {
  const temporary_folder folder;
  const auto inner = folder / "names";
  REQUIRE(::mkdir(inner.c_str(), 0700) == 0);
  ::setenv("ISTHMUS_RUNTIME_DIR", inner.c_str(), 1);
  const auto told_with = [&](mode_t mode) {
    REQUIRE(::chmod(inner.c_str(), mode) == 0);
    return command({"doctor"}).output;
  };
  const auto advice = "chmod +t " + inner.string();
  const auto open = told_with(0777);
  const auto sticky = told_with(01777);
  const auto alone = told_with(0700);
  ::unsetenv("ISTHMUS_RUNTIME_DIR");
  CHECK(contains(open, advice));
  CHECK(contains(open, "mode 0777"));
  CHECK_FALSE(contains(sticky, advice));
  CHECK(contains(sticky, "mode 1777"));
  CHECK_FALSE(contains(alone, advice));
}
