// SPDX-License-Identifier: MIT
//
// Bytes as objects.
#include "support/errors.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>

using namespace support;
using isthmus::const_view;
using isthmus::errc;
using isthmus::section;
using isthmus::view;

namespace {

struct record {
  std::uint64_t number;
  char text[24];
};

/// Aligned alike on every system, unlike numbers.
struct alignas(8) wide {
  std::uint32_t numbers[2];
};

constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST_CASE("a const_view gives constant bytes and objects by its type", "[view][ACL-14]") {
  STATIC_REQUIRE(std::is_same_v<decltype(const_view().data()), const std::byte*>);
  STATIC_REQUIRE(std::is_same_v<decltype(const_view().bytes()), std::span<const std::byte>>);
  STATIC_REQUIRE(std::is_same_v<decltype(const_view().as<record>()), const record&>);
  STATIC_REQUIRE(std::is_same_v<decltype(const_view().span<int>(0, 1)), std::span<const int>>);
  STATIC_REQUIRE(std::is_same_v<decltype(view().data()), std::byte*>);
  STATIC_REQUIRE(std::is_same_v<decltype(view().bytes()), std::span<std::byte>>);
  STATIC_REQUIRE(std::is_same_v<decltype(view().as<record>()), record&>);
  STATIC_REQUIRE(std::is_same_v<decltype(view().span<int>(0, 1)), std::span<int>>);
}

TEST_CASE("as and span are the bytes at their offset", "[view]") {
  const auto made = section::create({.size = 4096});
  const auto memory = view::map(made);
  const auto same = const_view::map(made);
  auto& first = memory.as<record>(64);
  CHECK(static_cast<void*>(&first) == memory.data() + 64);
  first.number = 4711;
  CHECK(same.as<record>(64).number == 4711);
  CHECK(same.as<std::uint64_t>(64) == 4711);
  const auto numbers = memory.span<std::uint32_t>(128, 10);
  CHECK(numbers.size() == 10);
  numbers[9] = 42;
  CHECK(same.span<std::uint32_t>(128, 10)[9] == 42);
  CHECK(same.as<std::uint32_t>(128 + 36) == 42);
}

TEMPLATE_TEST_CASE("objects beyond the end of the view are out_of_range", "[view][ACL-14]", view,
                   const_view) {
  const auto made = section::create({.size = 8192});
  const auto memory = TestType::map(made, {.length = 100});
  (void)memory.template as<std::uint32_t>(96);
  (void)memory.template as<char>(99);
  (void)memory.template span<std::uint32_t>(0, 25);
  (void)memory.template span<char>(100, 0);
  CHECK(code_of([&] { (void)memory.template as<std::uint32_t>(100); }) == errc::out_of_range);
  CHECK(code_of([&] { (void)memory.template as<char>(100); }) == errc::out_of_range);
  CHECK(code_of([&] { (void)memory.template as<std::uint64_t>(96); }) == errc::out_of_range);
  CHECK(code_of([&] { (void)memory.template as<char>(largest); }) == errc::out_of_range);
  CHECK(code_of([&] { (void)memory.template span<std::uint32_t>(0, 26); }) == errc::out_of_range);
  CHECK(code_of([&] { (void)memory.template span<std::uint32_t>(4, 25); }) == errc::out_of_range);
  // A count whose bytes do not fit into a number.
  constexpr auto many = std::numeric_limits<std::size_t>::max() / 8 + 2;
  CHECK(code_of([&] { (void)memory.template span<std::uint64_t>(0, many); }) == errc::out_of_range);
}

TEMPLATE_TEST_CASE("an offset that is not aligned for the type is invalid_argument", "[view]", view,
                   const_view) {
  const auto made = section::create({.size = 4096});
  const auto memory = TestType::map(made);
  CHECK(code_of([&] { (void)memory.template as<wide>(4); }) == errc::invalid_argument);
  CHECK(code_of([&] { (void)memory.template as<record>(1); }) == errc::invalid_argument);
  CHECK(code_of([&] { (void)memory.template span<std::uint16_t>(1, 1); }) ==
        errc::invalid_argument);
  (void)memory.template as<char>(1);
  // What counts is the address.
  const auto odd = TestType::map(made, {.offset = 1});
  (void)odd.template as<std::uint32_t>(3);
  CHECK(code_of([&] { (void)odd.template as<std::uint32_t>(0); }) == errc::invalid_argument);
}
