// SPDX-License-Identifier: MIT
//
// Cleaning up removes nothing that anybody holds. What it finds after crashes is in
// across/clean.cpp.
#include <isthmus/clean.hpp>

#include "support/kinds.hpp"
#include "support/names.hpp"

#include <isthmus/error.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <system_error>

using namespace support;

TEMPLATE_LIST_TEST_CASE("clean leaves alone what somebody holds", "[clean][LIFE-01]", kinds) {
  const auto name = unique_name("held");
  auto made = TestType::create(kind<TestType>::create(name));
  auto unnamed = TestType::create(kind<TestType>::create());
  kind<TestType>::mark(made);
  kind<TestType>::mark(unnamed);
  (void)isthmus::clean();
  (void)isthmus::clean(isthmus::scope::session);
  std::error_code ec = make_error_code(isthmus::errc::busy);
  (void)isthmus::clean(isthmus::scope::automatic, ec);
  CHECK_FALSE(ec);
  auto opened = TestType::open(kind<TestType>::open(name));
  CHECK(kind<TestType>::marked(opened));
  CHECK(kind<TestType>::marked(unnamed));
}

TEST_CASE("clean leaves the bytes of views alone whose section is closed", "[clean][VIEW-23]") {
  auto memory = isthmus::section::create({.name = unique_name("view"), .size = 4096});
  const auto view = isthmus::view::map(memory);
  view.as<int>() = 4711;
  memory.close();
  (void)isthmus::clean();
  CHECK(view.as<int>() == 4711);
}
