// SPDX-License-Identifier: MIT
//
// Which part of a section a view shows, and where.
#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <system_error>

using namespace support;
using isthmus::const_view;
using isthmus::errc;
using isthmus::section;
using isthmus::view;

namespace {

constexpr std::uint64_t kibibyte = 1024;
constexpr std::uint64_t largest_size = std::numeric_limits<std::uint64_t>::max();

std::uintptr_t number_of(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }
void* address_of(std::uintptr_t number) { return std::bit_cast<void*>(number); }

/// A section whose every four bytes hold their own offset.
section numbered(std::uint64_t size) {
  auto made = section::create({.size = size});
  const auto memory = view::map(made);
  for (std::uint32_t offset = 0; offset < size; offset += 4) {
    memory.as<std::uint32_t>(offset) = offset;
  }
  return made;
}

/// A place where `size` bytes and 64 kibibyte more were free a moment ago, a multiple of 64
/// kibibyte.
std::byte* free_place(std::uint64_t size) {
  const auto memory = section::create({.size = size + 64 * kibibyte});
  const auto mapped = const_view::map(memory);
  const auto number =
      (number_of(mapped.data()) + 64 * kibibyte - 1) / (64 * kibibyte) * (64 * kibibyte);
  return static_cast<std::byte*>(address_of(static_cast<std::uintptr_t>(number)));
}

}  // namespace

TEMPLATE_TEST_CASE("a view may begin at any offset and has any length", "[view][VIEW-09][VIEW-10]",
                   view, const_view) {
  const auto made = numbered(256 * kibibyte);
  for (const std::uint64_t offset :
       {0, 4, 4092, 4096, 4100, 65532, 65536, 65540, 131072 + 4096, 200'000, 262'140}) {
    for (const std::uint64_t length : {4, 5, 4096, 4097, 60'000}) {
      if (offset + length > made.size()) continue;
      CAPTURE(offset, length);
      const auto part = TestType::map(made, {.offset = offset, .length = length});
      CHECK(part.size() == length);
      CHECK(part.bytes().size() == length);
      CHECK(part.template as<std::uint32_t>() == offset);
      CHECK(number_of(part.data()) % page_size() == offset % page_size());
      const auto last = (length - 4) / 4 * 4;
      CHECK(part.template as<std::uint32_t>(last) == offset + last);
    }
  }
  const auto odd = TestType::map(made, {.offset = 65537, .length = 1});
  CHECK(odd.size() == 1);
  CHECK(number_of(odd.data()) % page_size() == 1);
}

TEMPLATE_TEST_CASE("length 0 is everything from the offset on", "[view][VIEW-11][VIEW-32]", view,
                   const_view) {
  const auto made = numbered(100 * kibibyte);
  CHECK(TestType::map(made).size() == made.size());
  CHECK(TestType::map(made, {.offset = 5}).size() == made.size() - 5);
  CHECK(TestType::map(made, {.offset = 70'000}).size() == made.size() - 70'000);
  CHECK(TestType::map(made, {.offset = made.size() - 1}).size() == 1);
}

TEMPLATE_TEST_CASE("a view beyond the end of its section is out_of_range",
                   "[view][VIEW-12][VIEW-13]", view, const_view) {
  const auto made = section::create({.size = 100 * kibibyte});
  const auto size = made.size();
  const isthmus::view_options bad[] = {
      {.length = size + 1},
      {.offset = 1, .length = size},
      {.offset = 64 * kibibyte, .length = size},
      {.offset = size},
      {.offset = size, .length = 1},
      {.offset = size + 1},
      {.offset = largest_size},
      {.offset = largest_size, .length = largest_size},
      {.offset = 1, .length = largest_size},
      {.offset = largest_size - 4095, .length = 4096},
  };
  for (const auto& options : bad) {
    CAPTURE(options.offset, options.length);
    std::error_code ec;
    CHECK_FALSE(TestType::map(made, options, ec));
    CHECK(ec == errc::out_of_range);
  }
  const auto problem = thrown_by([&] { (void)TestType::map(made, {.offset = size}); });
  CHECK(problem.code == errc::out_of_range);
  CHECK_THAT(problem.text, Catch::Matchers::ContainsSubstring("view::map"));
  CHECK_THAT(problem.text, Catch::Matchers::ContainsSubstring(std::to_string(size)));
  // All of it is there.
  CHECK(TestType::map(made, {.length = size}).size() == size);
}

TEST_CASE("a file's limit is its exact size", "[view][VIEW-12][SEC-04]") {
  const temporary_folder folder;
  const auto made = section::from_file(folder.file("file", std::string(5000, 'x')));
  std::error_code ec;
  CHECK_FALSE(const_view::map(made, {.length = 5001}, ec));
  CHECK(ec == errc::out_of_range);
  CHECK_FALSE(const_view::map(made, {.offset = 5000}, ec));
  CHECK(ec == errc::out_of_range);
  CHECK(const_view::map(made, {.offset = 4999}).size() == 1);
  CHECK(const_view::map(made, {.length = 5000}).size() == 5000);
}

TEST_CASE("bytes between the end of a file and its last page are zero and never reach the file",
          "[view][VIEW-14]") {
  const temporary_folder folder;
  const auto file = folder.file("file", std::string(5000, 'x'));
  {
    const auto made =
        section::from_file(file, {.access = isthmus::access::read | isthmus::access::write});
    const auto memory = view::map(made);
    auto* const behind = memory.data() + 5000;
    CHECK(std::all_of(behind, behind + 3192, [](auto byte) { return byte == std::byte{0}; }));
    *behind = std::byte{1};
    memory.flush();
  }
  CHECK(read_file(file) == std::string(5000, 'x'));
}

TEMPLATE_TEST_CASE("a view may be put at a free address", "[view][VIEW-15][VIEW-17]", view,
                   const_view) {
  const auto made = numbered(200 * kibibyte);
  // Another thread or the system may take the place in between; not every time.
  bool placed = false;
  for (int i = 0; i < 10 && !placed; ++i) {
    auto* const place = free_place(made.size());
    std::error_code ec;
    const auto whole = TestType::map(made, {.address = place}, ec);
    if (!whole) {
      CHECK(ec == errc::address_in_use);
      continue;
    }
    placed = true;
    CHECK(whole.data() == place);
    CHECK(whole.template as<std::uint32_t>(1000) == 1000);
  }
  CHECK(placed);
  // With an offset: congruent to it.
  placed = false;
  for (int i = 0; i < 10 && !placed; ++i) {
    auto* const place = free_place(made.size()) + 4100;
    std::error_code ec;
    const auto part = TestType::map(made, {.offset = 65536 + 4100, .address = place}, ec);
    if (!part) continue;
    placed = true;
    CHECK(part.data() == place);
    CHECK(part.template as<std::uint32_t>() == 65536 + 4100);
  }
  CHECK(placed);
}

TEMPLATE_TEST_CASE("an address that is not free is address_in_use and nothing is replaced",
                   "[view][VIEW-17]", view, const_view) {
  const auto made = section::create({.size = 256 * kibibyte});
  const auto other = numbered(256 * kibibyte);
  const auto there = const_view::map(other);
  // Its very place, and one in the middle of it. On POSIX it need not begin at 64 kibibyte.
  const auto first =
      (number_of(there.data()) + 64 * kibibyte - 1) / (64 * kibibyte) * (64 * kibibyte);
  for (const auto number : {first, first + 64 * kibibyte}) {
    auto* const place = address_of(static_cast<std::uintptr_t>(number));
    std::error_code ec;
    CHECK_FALSE(TestType::map(made, {.length = 64 * kibibyte, .address = place}, ec));
    CHECK(ec == errc::address_in_use);
  }
  CHECK(there.as<std::uint32_t>(128 * kibibyte) == 128 * kibibyte);
  std::error_code ec;
  // Nor where the program itself is.
  static std::array<char, 128 * kibibyte> occupied{};
  const auto within = (number_of(occupied.data()) + 64 * kibibyte - 1) / (64 * kibibyte);
  auto* const place = address_of(static_cast<std::uintptr_t>(within * (64 * kibibyte)));
  CHECK_FALSE(TestType::map(made, {.length = 64 * kibibyte, .address = place}, ec));
  CHECK(ec == errc::address_in_use);
}
