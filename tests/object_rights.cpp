// SPDX-License-Identifier: MIT
//
// Duplicates, rights, permissions and creators of every kind of object.
#include "support/kinds.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/isthmus.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <system_error>

using namespace support;
using isthmus::errc;

TEMPLATE_LIST_TEST_CASE("a duplicate is the same object and holds it as well",
                        "[object][DUP-01][DUP-11]", kinds) {
  const auto name = unique_name("duplicate");
  auto made = TestType::create(kind<TestType>::create(name));
  auto copy = made.duplicate();
  CHECK(copy.name() == name);
  CHECK(copy.access() == made.access());
  CHECK_FALSE(copy.created());
  CHECK(kind<TestType>::same(made, copy));
  made.close();
  CHECK(TestType::open(kind<TestType>::open(name)));

  auto unnamed = TestType::create(kind<TestType>::create());
  auto twin = unnamed.duplicate();
  CHECK(kind<TestType>::same(unnamed, twin));
}

TEMPLATE_LIST_TEST_CASE("a duplicate has the rights that were asked for",
                        "[object][DUP-02][DUP-03]", kinds) {
  const auto made = TestType::create(kind<TestType>::create());
  const auto narrow = made.duplicate(kind<TestType>::narrow);
  CHECK(narrow.access() == kind<TestType>::narrow);
  CHECK(narrow.duplicate().access() == kind<TestType>::narrow);
  // The object is this user's own, so a narrow handle is no sandbox.
  CHECK(narrow.duplicate(kind<TestType>::full).access() == kind<TestType>::full);
}

TEMPLATE_LIST_TEST_CASE("a handle has the rights that it was opened with",
                        "[object][ACL-01][ACL-02]", kinds) {
  const auto name = unique_name("rights");
  const auto made = TestType::create(kind<TestType>::create(name));
  CHECK(isthmus::includes(made.access(), kind<TestType>::full));
  CHECK(TestType::open(kind<TestType>::open(name)).access() == kind<TestType>::full);
  CHECK(TestType::open(kind<TestType>::open(name, kind<TestType>::narrow)).access() ==
        kind<TestType>::narrow);
}

TEMPLATE_LIST_TEST_CASE("rights that the kind does not have are invalid, none are denied",
                        "[object][ACL-04]", kinds) {
  const auto name = unique_name("strange");
  const auto made = TestType::create(kind<TestType>::create(name));
  std::error_code ec;
  CHECK_FALSE(TestType::open(kind<TestType>::open(name, isthmus::access::none), ec));
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(TestType::open(kind<TestType>::open(name, kind<TestType>::foreign), ec));
  CHECK(ec == errc::invalid_argument);
  CHECK_FALSE(made.duplicate(isthmus::access::none, ec));
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(made.duplicate(kind<TestType>::full | kind<TestType>::foreign, ec));
  CHECK(ec == errc::invalid_argument);
}

TEMPLATE_LIST_TEST_CASE("whoever asks learns who made an object", "[object][ACL-07][ACL-13]",
                        kinds) {
  const auto name = unique_name("creator");
  const auto made = TestType::create(kind<TestType>::create(name));
  const auto opened = TestType::open(kind<TestType>::open(name, kind<TestType>::narrow));
  const auto creator = made.creator();
  CHECK_FALSE(creator.user.empty());
  CHECK(opened.creator().user == creator.user);
  CHECK(TestType::create(kind<TestType>::create()).creator().user == creator.user);
  if (creator.process_id) CHECK(*creator.process_id == process_id());
}

TEMPLATE_LIST_TEST_CASE("permissions of an object that is there already are ignored",
                        "[object][CRE-11]", kinds) {
  const auto name = unique_name("ignored");
  const auto made = TestType::create(kind<TestType>::create(name));
  auto options = kind<TestType>::create(name);
  options.permissions.modify = isthmus::audience::everyone;
  options.permissions.read = isthmus::audience::everyone;
  const auto found = TestType::open_or_create(options);
  CHECK_FALSE(found.created());
  CHECK(found.creator().user == made.creator().user);
}
