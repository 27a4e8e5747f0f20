// SPDX-License-Identifier: MIT
//
// What every kind of object promises alike: making, opening, moving, duplicating, closing.
#include "support/errors.hpp"
#include "support/kinds.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/isthmus.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

using namespace support;
using Catch::Matchers::StartsWith;
using isthmus::errc;

namespace {

std::error_code some_error() { return isthmus::make_error_code(errc::busy); }

// Made before main, to be used there: no order of initialisation may matter.
std::error_code early_error[3];
isthmus::mutex early_mutex = isthmus::mutex::create({}, early_error[0]);
isthmus::section early_section = isthmus::section::create({.size = 1}, early_error[1]);
isthmus::event early_event = isthmus::event::create({.initially_set = true}, early_error[2]);

}  // namespace

TEMPLATE_LIST_TEST_CASE("a handle is move-only and cannot throw when moved", "[object]", kinds) {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<TestType>);
  STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<TestType>);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<TestType>);
  STATIC_REQUIRE(std::is_nothrow_move_assignable_v<TestType>);
  STATIC_REQUIRE(std::is_nothrow_default_constructible_v<TestType>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<TestType, bool>);
  STATIC_REQUIRE(std::is_constructible_v<bool, TestType>);
}

TEMPLATE_LIST_TEST_CASE("an empty handle says so and knows nothing", "[object]", kinds) {
  const TestType empty;
  CHECK_FALSE(empty);
  CHECK(empty.name().empty());
  CHECK_FALSE(empty.created());
  CHECK(empty.access() == isthmus::access::none);
}

TEMPLATE_LIST_TEST_CASE("operations on an empty handle are invalid_argument", "[object][DUP-09]",
                        kinds) {
  const TestType empty;
  std::error_code ec;
  CHECK_FALSE(empty.duplicate(ec));
  CHECK(ec == errc::invalid_argument);
  ec.clear();
  CHECK_FALSE(empty.duplicate(kind<TestType>::full, ec));
  CHECK(ec == errc::invalid_argument);
  ec.clear();
  (void)empty.creator(ec);
  CHECK(ec == errc::invalid_argument);
  CHECK(code_of([&] { (void)empty.duplicate(); }) == errc::invalid_argument);
  CHECK(code_of([&] { (void)empty.creator(); }) == errc::invalid_argument);
}

TEMPLATE_LIST_TEST_CASE("closing an empty handle does nothing, twice as well", "[object][LIFE-09]",
                        kinds) {
  TestType object;
  std::error_code ec = some_error();
  object.close(ec);
  CHECK_FALSE(ec);
  object.close();
  object = TestType::create(kind<TestType>::create());
  object.close();
  CHECK_FALSE(object);
  object.close();
  CHECK_FALSE(object);
}

TEMPLATE_LIST_TEST_CASE("a moved-from handle is empty and the object goes on", "[object]", kinds) {
  const auto name = unique_name("moved");
  auto first = TestType::create(kind<TestType>::create(name));
  TestType second = std::move(first);
  CHECK_FALSE(first);
  CHECK(first.name().empty());
  REQUIRE(second);
  CHECK(second.name() == name);
  CHECK(second.created());
  CHECK(TestType::open(kind<TestType>::open(name)));
}

TEMPLATE_LIST_TEST_CASE("move assignment gives up what was held before", "[object][LIFE-01]",
                        kinds) {
  const auto name = unique_name("left");
  const auto other_name = unique_name("taken");
  auto target = TestType::create(kind<TestType>::create(name));
  target = TestType::create(kind<TestType>::create(other_name));
  CHECK(target.name() == other_name);
  std::error_code ec;
  CHECK_FALSE(TestType::open(kind<TestType>::open(name), ec));
  CHECK(ec == errc::not_found);
}

TEMPLATE_LIST_TEST_CASE("objects without a name are each their own", "[object][NAME-04][NAME-05]",
                        kinds) {
  auto first = TestType::create(kind<TestType>::create());
  auto second = TestType::create(kind<TestType>::create(""));
  auto third = TestType::open_or_create(kind<TestType>::create());
  CHECK(first.name().empty());
  CHECK(first.created());
  CHECK(second.created());
  CHECK(third.created());
  CHECK_FALSE(kind<TestType>::same(first, second));
  CHECK_FALSE(kind<TestType>::same(second, third));
}

TEMPLATE_LIST_TEST_CASE("open without a name is invalid_argument", "[object][NAME-04][NAME-05]",
                        kinds) {
  std::error_code ec;
  CHECK_FALSE(TestType::open(kind<TestType>::open(""), ec));
  CHECK(ec == errc::invalid_argument);
  CHECK(code_of([] { (void)TestType::open(kind<TestType>::open({})); }) == errc::invalid_argument);
}

TEMPLATE_LIST_TEST_CASE("opening a missing name is not_found", "[object][NAME-21]", kinds) {
  const auto name = unique_name("missing");
  std::error_code ec;
  CHECK_FALSE(TestType::open(kind<TestType>::open(name), ec));
  CHECK(ec == errc::not_found);
}

TEMPLATE_LIST_TEST_CASE("an exception names operation and object and has the code", "[object]",
                        kinds) {
  const auto word = std::string(kind<TestType>::word);
  const auto name = unique_name("text");
  const auto missing = thrown_by([&] { (void)TestType::open(kind<TestType>::open(name)); });
  CHECK(missing.code == errc::not_found);
  CHECK_THAT(missing.text, StartsWith(word + "::open(\"" + name + "\"): "));
  CHECK(missing.text.size() > (word + "::open(\"" + name + "\"): ").size());

  const auto held = TestType::create(kind<TestType>::create(name));
  const auto taken = thrown_by([&] { (void)TestType::create(kind<TestType>::create(name)); });
  CHECK(taken.code == errc::already_exists);
  CHECK_THAT(taken.text, StartsWith(word + "::create(\"" + name + "\"): "));

  CHECK_THROWS_AS(TestType::create(kind<TestType>::create(name)), std::system_error);
}

TEMPLATE_LIST_TEST_CASE("success clears the error code", "[object][NAME-19][NAME-20]", kinds) {
  const auto name = unique_name("clear");
  auto ec = some_error();
  auto made = TestType::create(kind<TestType>::create(name), ec);
  CHECK_FALSE(ec);
  ec = some_error();
  auto opened = TestType::open(kind<TestType>::open(name), ec);
  CHECK_FALSE(ec);
  ec = some_error();
  auto found = TestType::open_or_create(kind<TestType>::create(name), ec);
  CHECK_FALSE(ec);
  ec = some_error();
  auto waited = TestType::open(kind<TestType>::open(name), 1s, ec);
  CHECK_FALSE(ec);
  ec = some_error();
  auto copy = made.duplicate(ec);
  CHECK_FALSE(ec);
  ec = some_error();
  (void)made.creator(ec);
  CHECK_FALSE(ec);
  ec = some_error();
  made.close(ec);
  CHECK_FALSE(ec);
  CHECK(opened);
  CHECK(found);
  CHECK(waited);
  CHECK(copy);
}

TEMPLATE_LIST_TEST_CASE("a second create of a name is already_exists and changes nothing",
                        "[object][NAME-18]", kinds) {
  const auto name = unique_name("twice");
  auto first = TestType::create(kind<TestType>::create(name));
  kind<TestType>::mark(first);
  std::error_code ec;
  CHECK_FALSE(TestType::create(kind<TestType>::create(name), ec));
  CHECK(ec == errc::already_exists);
  CHECK(kind<TestType>::marked(first));
  auto again = TestType::open(kind<TestType>::open(name));
  CHECK(kind<TestType>::marked(again));
}

TEMPLATE_LIST_TEST_CASE("open_or_create makes the first and finds it afterwards",
                        "[object][NAME-18][NAME-19]", kinds) {
  const auto name = unique_name("either");
  auto first = TestType::open_or_create(kind<TestType>::create(name));
  auto second = TestType::open_or_create(kind<TestType>::create(name));
  auto opened = TestType::open(kind<TestType>::open(name));
  CHECK(first.created());
  CHECK_FALSE(second.created());
  CHECK_FALSE(opened.created());
  CHECK(second.name() == name);
  CHECK(kind<TestType>::same(first, second));
  CHECK(kind<TestType>::same(second, opened));
}

TEMPLATE_LIST_TEST_CASE("the name goes with the last handle, whichever that is",
                        "[object][LIFE-01]", kinds) {
  const auto name = unique_name("last");
  const auto exists = [&] {
    std::error_code ec;
    const auto opened = TestType::open(kind<TestType>::open(name), ec);
    if (!opened) CHECK(ec == errc::not_found);
    return static_cast<bool>(opened);
  };
  auto made = TestType::create(kind<TestType>::create(name));
  auto opened = TestType::open(kind<TestType>::open(name));
  auto narrow = made.duplicate(kind<TestType>::narrow);
  made.close();
  CHECK(exists());
  opened.close();
  CHECK(exists());
  narrow.close();
  CHECK_FALSE(exists());
}

TEMPLATE_LIST_TEST_CASE("a name made anew is a new object in its first state",
                        "[object][LIFE-01][LIFE-06]", kinds) {
  const auto name = unique_name("anew");
  auto first = TestType::create(kind<TestType>::create(name));
  kind<TestType>::mark(first);
  first.close();
  auto second = TestType::create(kind<TestType>::create(name));
  CHECK(second.created());
  CHECK_FALSE(kind<TestType>::marked(second));
  kind<TestType>::mark(second);
  second.close();
  auto third = TestType::open_or_create(kind<TestType>::create(name));
  CHECK(third.created());
  CHECK_FALSE(kind<TestType>::marked(third));
}

TEMPLATE_LIST_TEST_CASE("a name of another kind is wrong_kind for every verb",
                        "[object][NAME-17][ACL-12]", kinds) {
  for_each_other_kind<TestType>([]<class Other>() {
    CAPTURE(kind<Other>::word);
    const auto name = unique_name("kind");
    auto held = Other::create(kind<Other>::create(name));
    kind<Other>::mark(held);
    std::error_code ec;
    CHECK_FALSE(TestType::create(kind<TestType>::create(name), ec));
    CHECK(ec == errc::wrong_kind);
    CHECK_FALSE(TestType::open(kind<TestType>::open(name), ec));
    CHECK(ec == errc::wrong_kind);
    CHECK_FALSE(TestType::open_or_create(kind<TestType>::create(name), ec));
    CHECK(ec == errc::wrong_kind);
    CHECK(kind<Other>::marked(held));
    held.close();
    CHECK(TestType::create(kind<TestType>::create(name)));
  });
}

TEMPLATE_LIST_TEST_CASE("making and closing many objects leaves no handle behind", "[object]",
                        kinds) {
  const auto round = [] {
    const auto name = unique_name("leak");
    const auto made = TestType::create(kind<TestType>::create(name));
    const auto opened = TestType::open(kind<TestType>::open(name));
    const auto copy = opened.duplicate(kind<TestType>::narrow);
    const auto unnamed = TestType::create(kind<TestType>::create());
    std::error_code ec;
    (void)TestType::create(kind<TestType>::create(name), ec);
    (void)kind<TestType>::other::open(kind<typename kind<TestType>::other>::open(name), ec);
  };
  round();  // what a first use opens for good
  const auto before = open_handles();
  for (int i = 0; i < 50; ++i) round();
  CHECK(open_handles() == before);
}

TEST_CASE("objects made before main work in it", "[object]") {
  CHECK_FALSE(early_error[0]);
  CHECK_FALSE(early_error[1]);
  CHECK_FALSE(early_error[2]);
  REQUIRE(early_mutex);
  REQUIRE(early_section);
  REQUIRE(early_event);
  CHECK(early_mutex.lock() == isthmus::wait_status::signaled);
  early_mutex.unlock();
  CHECK(early_event.wait_for(0s) == isthmus::wait_status::signaled);
  CHECK(isthmus::view::map(early_section).bytes()[0] == std::byte{0});
}
