// SPDX-License-Identifier: MIT
#include "support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace veneer_tests;
using support::unique_name;

TEST_CASE("a new event sets the last error to none, one that is there to 183 (NAME-18, NAME-19)",
          "[veneer][event]") {
  const std::string name = unique_name("event");
  handle first;
  CHECK(error_after([&] { first = CreateEventA(nullptr, FALSE, FALSE, name.c_str()); }) == 0);
  REQUIRE(first != nullptr);
  handle second;
  CHECK(error_after([&] { second = CreateEventA(nullptr, FALSE, FALSE, name.c_str()); }) ==
        ERROR_ALREADY_EXISTS);
  CHECK(second != nullptr);
}

TEST_CASE("a handle is a multiple of four, and the lowest free one comes next (LIFE-10)",
          "[veneer][handle]") {
  handle first(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  const HANDLE value = first;
  CHECK(reinterpret_cast<ULONG_PTR>(value) % 4 == 0);
  first.close();
  const handle second(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  CHECK(second == value);
}
