// SPDX-License-Identifier: MIT
//
// Scopes: what is promised of names holds in both, and they do not meet.
#include <isthmus/name.hpp>

#include "support/kinds.hpp"
#include "support/names.hpp"
#include "support/scopes.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include <string>
#include <system_error>
#include <type_traits>

using namespace support;
using isthmus::errc;
using isthmus::scope;

namespace {

template <class T>
auto create_in(scope where, std::string_view name) {
  auto options = kind<T>::create(name);
  options.scope = where;
  return options;
}

template <class T>
auto open_in(scope where, std::string_view name, isthmus::access rights = kind<T>::full) {
  auto options = kind<T>::open(name, rights);
  options.scope = where;
  return options;
}

#define NEED_GLOBAL_SCOPE \
  if (!has_global_scope()) SKIP("this build has no scope::global")

}  // namespace

TEMPLATE_LIST_TEST_CASE("in either scope a name is made once, found, and goes with its last handle",
                        "[scope][NAME-18][NAME-19][NAME-21][LIFE-01][LIFE-06]", kinds) {
  const auto where = GENERATE(from_range(scopes()));
  for (const auto& name : {unique_name("scope"), unique_name("a/b: *?"), unique_name_of_length(300),
                           unique_name_of_length(1024)}) {
    CAPTURE(to_string(where), name);
    auto made = TestType::create(create_in<TestType>(where, name));
    CHECK(made.created());
    CHECK(made.name() == name);
    auto opened = TestType::open(open_in<TestType>(where, name));
    CHECK_FALSE(opened.created());
    CHECK(kind<TestType>::same(made, opened));
    CHECK_FALSE(opened.creator().user.empty());
    std::error_code ec;
    CHECK_FALSE(TestType::create(create_in<TestType>(where, name), ec));
    CHECK(ec == errc::already_exists);
    auto either = TestType::open_or_create(create_in<TestType>(where, name));
    CHECK_FALSE(either.created());
    kind<TestType>::mark(made);
    either.close();
    made.close();
    opened.close();
    CHECK_FALSE(TestType::open(open_in<TestType>(where, name), ec));
    CHECK(ec == errc::not_found);
    auto again = TestType::open_or_create(create_in<TestType>(where, name));
    CHECK(again.created());
    CHECK_FALSE(kind<TestType>::marked(again));
  }
}

TEMPLATE_LIST_TEST_CASE("in either scope all kinds share one namespace", "[scope][NAME-17]",
                        kinds) {
  const auto where = GENERATE(from_range(scopes()));
  const auto name = unique_name("kinds");
  const auto held = TestType::create(create_in<TestType>(where, name));
  for_each_other_kind<TestType>([&]<class Other>() {
    std::error_code ec;
    CHECK_FALSE(Other::open(open_in<Other>(where, name), ec));
    CHECK(ec == errc::wrong_kind);
    CHECK_FALSE(Other::create(create_in<Other>(where, name), ec));
    CHECK(ec == errc::wrong_kind);
    CHECK_FALSE(Other::open_or_create(create_in<Other>(where, name), ec));
    CHECK(ec == errc::wrong_kind);
  });
}

TEMPLATE_LIST_TEST_CASE("in either scope a handle has the rights that were asked for",
                        "[scope][DUP-02][DUP-03][ACL-01][ACL-02]", kinds) {
  const auto where = GENERATE(from_range(scopes()));
  const auto name = unique_name("rights");
  auto made = TestType::create(create_in<TestType>(where, name));
  const auto narrow = TestType::open(open_in<TestType>(where, name, kind<TestType>::narrow));
  CHECK(narrow.access() == kind<TestType>::narrow);
  auto wide = narrow.duplicate(kind<TestType>::full);
  CHECK(wide.access() == kind<TestType>::full);
  CHECK(kind<TestType>::same(made, wide));
}

TEMPLATE_LIST_TEST_CASE("Global\\x and x are two objects, whichever comes first",
                        "[scope][NAME-11][NAME-12]", kinds) {
  NEED_GLOBAL_SCOPE;
  const auto name = unique_name("two");
  const auto prefixed = "Global\\" + name;
  auto local = TestType::create(kind<TestType>::create(name));
  std::error_code ec;
  CHECK_FALSE(TestType::open(kind<TestType>::open(prefixed), ec));
  CHECK(ec == errc::not_found);
  auto global = TestType::create(kind<TestType>::create(prefixed));
  CHECK(global.created());
  CHECK(global.name() == name);
  CHECK_FALSE(kind<TestType>::same(local, global));
  // The prefix and the option say the same, alone or together.
  for (const auto& options :
       {kind<TestType>::open(prefixed), open_in<TestType>(scope::global, name),
        open_in<TestType>(scope::global, prefixed)}) {
    auto opened = TestType::open(options);
    CHECK(opened.name() == name);
    CHECK(kind<TestType>::same(global, opened));
  }
  local.close();
  CHECK_FALSE(TestType::open(kind<TestType>::open(name), ec));
  CHECK(ec == errc::not_found);
  CHECK(TestType::open(kind<TestType>::open(prefixed)));
}

TEMPLATE_LIST_TEST_CASE("clean leaves global objects alone that somebody holds", "[scope][LIFE-01]",
                        kinds) {
  NEED_GLOBAL_SCOPE;
  const auto name = unique_name("clean");
  auto made = TestType::create(create_in<TestType>(scope::global, name));
  kind<TestType>::mark(made);
  (void)isthmus::clean(scope::global);
  auto opened = TestType::open(open_in<TestType>(scope::global, name));
  CHECK(kind<TestType>::marked(opened));
}
