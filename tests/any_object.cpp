// SPDX-License-Identifier: MIT
#include <isthmus/any_object.hpp>

#include "support/errors.hpp"
#include "support/kinds.hpp"
#include "support/names.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <string>
#include <system_error>
#include <utility>

using namespace support;
using isthmus::any_object;
using isthmus::errc;
using isthmus::object_kind;

TEMPLATE_LIST_TEST_CASE("an object of any kind says what it is and is taken as that",
                        "[any_object]", kinds) {
  using facts = kind<TestType>;
  const auto name = unique_name("any");
  auto kept = TestType::create(facts::create(name));
  any_object held(kept.duplicate());
  CHECK(held);
  CHECK(to_string(held.kind()) == facts::word);
  CHECK(held.name() == name);
  CHECK(held.access() == facts::full);
  CHECK(held.template get<TestType>() != nullptr);
  CHECK(held.template get<typename facts::other>() == nullptr);

  auto taken = held.template take<TestType>();
  CHECK(facts::same(kept, taken));
  CHECK_FALSE(held);
  CHECK(held.kind() == object_kind::none);
  CHECK(held.name().empty());
  CHECK(held.access() == isthmus::access::none);
}

TEMPLATE_LIST_TEST_CASE("what is taken as another kind is wrong_kind and stays", "[any_object]",
                        kinds) {
  using facts = kind<TestType>;
  using other = typename facts::other;
  any_object held(TestType::create(facts::create()));
  const auto problem = thrown_by([&] { (void)held.template take<other>(); });
  CHECK(problem.code == errc::wrong_kind);
  CHECK(problem.text.find(facts::word) != std::string::npos);
  std::error_code ec;
  CHECK_FALSE(held.template take<other>(ec));
  CHECK(ec == errc::wrong_kind);
  CHECK(held.template take<TestType>(ec));
  CHECK_FALSE(ec);
}

TEMPLATE_LIST_TEST_CASE("where there is no object, none can be taken", "[any_object]", kinds) {
  any_object nothing;
  CHECK(code_of([&] { (void)nothing.template take<TestType>(); }) == errc::wrong_kind);
  CHECK(nothing.kind() == object_kind::none);
  any_object empty{TestType()};
  CHECK_FALSE(empty);
}

TEST_CASE("an object of any kind moves and leaves nothing behind", "[any_object]") {
  any_object first(isthmus::event::create());
  any_object second(std::move(first));
  CHECK(second.kind() == object_kind::event);
  first = any_object(isthmus::section::create({.size = 1}));
  CHECK(first.kind() == object_kind::section);
  first = std::move(second);
  CHECK(first.kind() == object_kind::event);
}

TEST_CASE("kinds have names", "[any_object]") {
  CHECK(to_string(object_kind::none) == "none");
  CHECK(to_string(static_cast<object_kind>(99)) == "unknown");
}
