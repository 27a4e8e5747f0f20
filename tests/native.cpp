// SPDX-License-Identifier: MIT
//
// Native handles, in and out. How to copy one is the system's own affair; see support/system.hpp.
#include <isthmus/native.hpp>

#include "support/kinds.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <system_error>
#include <utility>

using namespace support;
using isthmus::access;
using isthmus::errc;
using isthmus::no_native_handle;

namespace {

isthmus::section from_native(isthmus::native_handle_type handle, isthmus::access rights,
                             isthmus::section*, std::error_code& ec) {
  return isthmus::section_from_native(handle, rights, ec);
}

isthmus::mutex from_native(isthmus::native_handle_type handle, isthmus::access rights,
                           isthmus::mutex*, std::error_code& ec) {
  return isthmus::mutex_from_native(handle, rights, ec);
}

isthmus::semaphore from_native(isthmus::native_handle_type handle, isthmus::access rights,
                               isthmus::semaphore*, std::error_code& ec) {
  return isthmus::semaphore_from_native(handle, rights, ec);
}

isthmus::event from_native(isthmus::native_handle_type handle, isthmus::access rights,
                           isthmus::event*, std::error_code& ec) {
  return isthmus::event_from_native(handle, rights, ec);
}

isthmus::timer from_native(isthmus::native_handle_type handle, isthmus::access rights,
                           isthmus::timer*, std::error_code& ec) {
  return isthmus::timer_from_native(handle, rights, ec);
}

template <class T>
T adopted(isthmus::native_handle_type handle, isthmus::access rights, std::error_code& ec) {
  return from_native(handle, rights, static_cast<T*>(nullptr), ec);
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("an empty handle has no native one", "[native]", kinds) {
  CHECK(isthmus::native_handle(TestType()) == no_native_handle);
  std::error_code ec;
  CHECK_FALSE(adopted<TestType>(no_native_handle, kind<TestType>::full, ec));
  CHECK(ec == errc::invalid_argument);
}

TEMPLATE_LIST_TEST_CASE("a copied native handle is the same object again", "[native][DUP-01]",
                        kinds) {
  for (const auto& name : {std::string(), unique_name("native")}) {
    CAPTURE(name);
    auto made = TestType::create(kind<TestType>::create(name));
    REQUIRE(isthmus::native_handle(made) != no_native_handle);
    std::error_code ec;
    auto copy = adopted<TestType>(copy_of(isthmus::native_handle(made)), kind<TestType>::full, ec);
    REQUIRE_FALSE(ec);
    REQUIRE(copy);
    CHECK_FALSE(copy.created());
    CHECK(copy.access() == kind<TestType>::full);
    CHECK(kind<TestType>::same(made, copy));
    // It holds the object like any other.
    made.close();
    kind<TestType>::mark(copy);
    CHECK(kind<TestType>::marked(copy));
  }
}

TEMPLATE_LIST_TEST_CASE("the native handle of another kind is refused and stays the caller's",
                        "[native][VIEW-18][SEM-09]", kinds) {
  for_each_other_kind<TestType>([]<class Other>() {
    CAPTURE(kind<Other>::word);
    auto made = Other::create(kind<Other>::create(unique_name("other")));
    const auto handle = copy_of(isthmus::native_handle(made));
    std::error_code ec;
    CHECK_FALSE(adopted<TestType>(handle, kind<TestType>::full, ec));
    CHECK(ec == errc::wrong_kind);
    auto back = adopted<Other>(handle, kind<Other>::full, ec);
    CHECK_FALSE(ec);
    CHECK(kind<Other>::same(made, back));
  });
}

TEMPLATE_LIST_TEST_CASE("a native handle is taken with the rights that were asked for",
                        "[native][DUP-02]", kinds) {
  const auto made = TestType::create(kind<TestType>::create());
  std::error_code ec;
  const auto narrow =
      adopted<TestType>(copy_of(isthmus::native_handle(made)), kind<TestType>::narrow, ec);
  REQUIRE_FALSE(ec);
  CHECK(narrow.access() == kind<TestType>::narrow);
  const auto handle = copy_of(isthmus::native_handle(made));
  CHECK_FALSE(adopted<TestType>(handle, access::none, ec));
  CHECK(ec == errc::access_denied);
  CHECK(adopted<TestType>(handle, kind<TestType>::full, ec));
}

TEST_CASE("a section of a native handle has the size of the section", "[native][SEC-24]") {
  const auto made = isthmus::section::create({.size = 70'000});
  std::error_code ec;
  const auto copy =
      isthmus::section_from_native(copy_of(isthmus::native_handle(made)), access::read, ec);
  REQUIRE_FALSE(ec);
  CHECK(copy.size() == made.size());
  CHECK(isthmus::const_view::map(copy).size() == made.size());
  (void)isthmus::view::map(copy, {}, ec);
  CHECK(ec == errc::access_denied);
}
