// SPDX-License-Identifier: MIT
#include <isthmus/view.hpp>

#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <cstddef>
#include <cstdint>
#include <system_error>
#include <type_traits>
#include <utility>

using namespace support;
using isthmus::access;
using isthmus::const_view;
using isthmus::errc;
using isthmus::section;
using isthmus::view;

namespace {

constexpr std::size_t kilobyte = 1024;

}  // namespace

TEMPLATE_TEST_CASE("a view is move-only and cannot throw when moved", "[view]", view, const_view) {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<TestType>);
  STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<TestType>);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<TestType>);
  STATIC_REQUIRE(std::is_nothrow_move_assignable_v<TestType>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<TestType, bool>);
  STATIC_REQUIRE(std::is_constructible_v<bool, TestType>);
}

TEMPLATE_TEST_CASE("an empty view has nothing in it, and unmapping it does nothing",
                   "[view][VIEW-25]", view, const_view) {
  TestType empty;
  CHECK_FALSE(empty);
  CHECK(empty.size() == 0);
  CHECK(empty.data() == nullptr);
  CHECK(empty.bytes().empty());
  empty.unmap();
  std::error_code ec = make_error_code(errc::busy);
  empty.unmap(ec);
  CHECK_FALSE(ec);
  CHECK(code_of([&] { (void)empty.template as<int>(); }) == errc::invalid_argument);
  CHECK(code_of([&] { (void)empty.template span<int>(0, 1); }) == errc::invalid_argument);
}

TEMPLATE_TEST_CASE("a moved-from view is empty and the bytes stay where they are", "[view]", view,
                   const_view) {
  const auto memory = section::create({.size = 4096});
  auto first = TestType::map(memory);
  const auto* place = first.data();
  auto second = std::move(first);
  CHECK_FALSE(first);  // NOLINT(bugprone-use-after-move): that is the test
  CHECK(first.data() == nullptr);
  CHECK(first.size() == 0);
  CHECK(second.data() == place);
  CHECK(second.size() == 4096);
  const auto other = section::create({.size = 8192});
  second = TestType::map(other);
  CHECK(second.size() == 8192);
  CHECK_FALSE(protection_of(place).readable);  // what was held before is unmapped
}

TEMPLATE_TEST_CASE("unmap takes the whole view away", "[view][VIEW-24]", view, const_view) {
  const auto memory = section::create({.size = 256 * kilobyte});
  auto mapped = TestType::map(memory, {.offset = 70'001});
  const auto* first = mapped.data();
  const auto* last = first + mapped.size() - 1;
  CHECK(protection_of(first).readable);
  CHECK(protection_of(last).readable);
  std::error_code ec = make_error_code(errc::busy);
  mapped.unmap(ec);
  CHECK_FALSE(ec);
  CHECK_FALSE(mapped);
  CHECK_FALSE(protection_of(first).readable);
  CHECK_FALSE(protection_of(last).readable);
}

TEMPLATE_TEST_CASE("an empty section cannot be mapped", "[view][VIEW-18]", view, const_view) {
  std::error_code ec;
  CHECK_FALSE(TestType::map(section(), {}, ec));
  CHECK(ec == errc::invalid_argument);
  CHECK(code_of([] { (void)TestType::map(section()); }) == errc::invalid_argument);
  auto closed = section::create({.size = 4096});
  closed.close();
  CHECK_FALSE(TestType::map(closed, {}, ec));
  CHECK(ec == errc::invalid_argument);
}

TEST_CASE("a view outlives its section and keeps the bytes", "[view][VIEW-23]") {
  auto memory = section::create({.size = 100 * kilobyte});
  const auto first = view::map(memory);
  const auto second = const_view::map(memory);
  memory.close();
  first.as<int>(60'000) = 4711;
  CHECK(second.as<int>(60'000) == 4711);

  const temporary_folder folder;
  auto file = section::from_file(folder.file("file", "content"));
  const auto content = const_view::map(file);
  file.close();
  CHECK(content.as<char>(6) == 't');
}

TEST_CASE("the name goes while a view lives on with its bytes, and can be made anew",
          "[view][LIFE-02][VIEW-23]") {
  const auto name = unique_name("beside");
  auto first = section::create({.name = name, .size = 4096});
  const auto old_bytes = view::map(first);
  old_bytes.as<int>() = 4711;
  first.close();
  std::error_code ec;
  CHECK_FALSE(section::open({.name = name}, ec));
  CHECK(ec == errc::not_found);

  const auto second = section::create({.name = name, .size = 8192});
  CHECK(second.created());
  CHECK(second.size() == 8192);
  const auto new_bytes = view::map(second);
  CHECK(new_bytes.as<int>() == 0);
  new_bytes.as<int>() = 42;
  CHECK(old_bytes.as<int>() == 4711);
  old_bytes.as<int>() = 1;
  CHECK(new_bytes.as<int>() == 42);
}

TEST_CASE("many views of one section show one memory at different places", "[view][VIEW-16]") {
  const auto memory = section::create({.size = 64 * kilobyte});
  const auto first = view::map(memory);
  const auto second = view::map(memory);
  const auto third = const_view::map(memory);
  CHECK(first.data() != second.data());
  CHECK(second.data() != third.data());
  first.as<int>(100) = 4711;
  CHECK(second.as<int>(100) == 4711);
  CHECK(third.as<int>(100) == 4711);
}

TEST_CASE("the system protects the pages as the type of the view says", "[view][VIEW-03]") {
  const auto memory = section::create({.size = 64 * kilobyte});
  const auto constant = const_view::map(memory);
  CHECK(protection_of(constant.data()).readable);
  CHECK_FALSE(protection_of(constant.data()).writable);
  CHECK_FALSE(protection_of(constant.data()).executable);

  const auto writable = view::map(memory);
  CHECK(protection_of(writable.data()).readable);
  CHECK(protection_of(writable.data()).writable);
  CHECK_FALSE(protection_of(writable.data()).executable);
}

TEST_CASE("pages of a read-only handle cannot be made writable behind its back",
          "[view][VIEW-22][SEC-33]") {
  const auto name = unique_name("behind");
  const auto made = section::create({.name = name, .size = 4096});
  const auto opened = section::open({.name = name, .access = access::read});
  const auto memory = const_view::map(opened);
  CHECK_FALSE(make_writable(memory.data()));
  CHECK_FALSE(protection_of(memory.data()).writable);

  const auto narrowed = made.duplicate(access::read);
  const auto same = const_view::map(narrowed);
  CHECK_FALSE(make_writable(same.data()));

  const auto unnamed = section::create({.size = 4096});
  const auto reading = unnamed.duplicate(access::read);
  const auto third = const_view::map(reading);
  CHECK_FALSE(make_writable(third.data()));
}

TEST_CASE("a view to run is executable", "[view][VIEW-07]") {
  const auto read = section::create({.size = 4096, .access = access::read | access::execute});
  const auto constant = const_view::map(read, {.execute = true});
  CHECK(protection_of(constant.data()).readable);
  CHECK(protection_of(constant.data()).executable);
  CHECK_FALSE(protection_of(constant.data()).writable);
  CHECK_FALSE(protection_of(const_view::map(read).data()).executable);

  const auto all =
      section::create({.size = 4096, .access = access::read | access::write | access::execute});
  const auto writable = view::map(all, {.execute = true});
  CHECK(protection_of(writable.data()).writable);
  CHECK(protection_of(writable.data()).executable);
  const auto plain = view::map(all);
  CHECK_FALSE(protection_of(plain.data()).executable);
}

TEST_CASE("flush takes any range of the view", "[view][VIEW-28]") {
  const temporary_folder folder;
  const auto file = folder.file("file", std::string(200'000, 'f'));
  const auto made = section::from_file(file, {.access = access::read | access::write});
  const auto memory = view::map(made, {.offset = 1, .length = 150'000});
  memory.as<char>(100'000) = '!';
  std::error_code ec = make_error_code(errc::busy);
  memory.flush(0, 0, ec);
  CHECK_FALSE(ec);
  memory.flush(70'001, 17, ec);
  CHECK_FALSE(ec);
  memory.flush(149'999, 1, ec);
  CHECK_FALSE(ec);
  memory.flush();
  memory.flush(100'000, 1, ec);
  CHECK_FALSE(ec);
  CHECK(read_file(file)[100'001] == '!');

  memory.flush(0, 150'001, ec);
  CHECK(ec == errc::out_of_range);
  memory.flush(150'001, 0, ec);
  CHECK(ec == errc::out_of_range);
  memory.flush(1, ~std::uint64_t{0}, ec);
  CHECK(ec == errc::out_of_range);
  view().flush(0, 0, ec);
  CHECK(ec == errc::invalid_argument);
  const auto problem = thrown_by([&] { memory.flush(0, 150'001); });
  CHECK(problem.code == errc::out_of_range);
  CHECK_THAT(problem.text, Catch::Matchers::StartsWith("view::flush"));
}

TEST_CASE("flushing memory and private pages has nothing to do", "[view][VIEW-28][HARD-34]") {
  const auto made = section::create({.size = 4096});
  view::map(made).flush();
  view::map(made, {.copy_on_write = true}).flush();
}
