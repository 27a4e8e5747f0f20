// SPDX-License-Identifier: MIT
//
// What started processes inherit; how exact that is, and how long it lives, is in
// inherited_list.cpp.
#include <isthmus/inherited.hpp>

#include "across/heirs.hpp"

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/kinds.hpp"
#include "support/names.hpp"

#include <isthmus/error.hpp>
#include <isthmus/process.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace support;
using isthmus::access;
using isthmus::errc;
using isthmus::event;
using isthmus::inherited;
using isthmus::mutex;
using isthmus::section;
using isthmus::timer;
using isthmus::wait_status;

namespace {

/// Runs `work.operator()<T>()` for the kind of this name.
template <class Work>
int with_kind(std::string_view word, Work work) {
  int result = -1;
  const auto try_kind = [&]<class T>(const T*) {
    if (kind<T>::word == word) result = work.template operator()<T>();
  };
  [&]<class... T>(const std::tuple<T...>*) {
    (try_kind(static_cast<const T*>(nullptr)), ...);
  }(static_cast<const kinds*>(nullptr));
  return result;
}

}  // namespace

// Takes an object, sees that it is one, changes its state, and tells its rights.
CHILD(heir) {
  return with_kind(io.argument(0), [&]<class T>() {
    auto first = inherited<T>("it");
    std::error_code ec = make_error_code(errc::busy);
    auto second = inherited<T>("it", ec);
    CHILD_REQUIRE(!ec);
    CHILD_REQUIRE(first.name() == io.argument(1));
    CHILD_REQUIRE(!first.created());
    CHILD_REQUIRE(kind<T>::same(first, second));
    first.close();
    kind<T>::mark(second);
    return static_cast<int>(second.access());
  });
}

CHILD(heir_of_less) {
  return with_kind(io.argument(0), [&]<class T>() {
    std::error_code ec;
    const auto object = inherited<T>("it");
    if constexpr (std::is_same_v<T, section>) {
      (void)isthmus::view::map(object, {}, ec);
      CHILD_REQUIRE(ec == errc::access_denied);
      CHILD_REQUIRE(isthmus::const_view::map(object).template as<int>() == 0);
    } else if constexpr (std::is_same_v<T, event>) {
      inherited<event>("it").set(ec);
      CHILD_REQUIRE(ec == errc::access_denied);
    }
    return static_cast<int>(object.access());
  });
}

// Gives up what the process holds by itself, and then its handle.
CHILD(heir_that_gives_up) {
  auto object = inherited<event>("it");
  isthmus::forget_inherited("it");
  isthmus::forget_inherited("never there");
  std::error_code ec;
  (void)inherited<event>("it", ec);
  CHILD_REQUIRE(ec == errc::not_found);
  CHILD_REQUIRE(inherited<event>("closed").wait_for(patience()) == wait_status::signaled);
  CHILD_REQUIRE(event::open({.name = io.argument(0)}));
  object.close();
  (void)event::open({.name = io.argument(0)}, ec);
  CHILD_REQUIRE(ec == errc::not_found);
  return 0;
}

TEST_CASE("what has been given up goes with the last handle", "[inherited][INH-07][LIFE-01]") {
  const auto name = unique_name("given-up");
  auto object = event::create({.name = name});
  auto closed = event::create();
  auto heir = start_heir("heir_that_gives_up", {name}, {{"it", object}, {"closed", closed}});
  object.close();
  closed.set();
  CHECK(result_of(std::move(heir)) == 0);
}

TEMPLATE_LIST_TEST_CASE("each kind is inherited, named or not, with its rights",
                        "[inherited][INH-02][INH-03]", kinds) {
  using kind = support::kind<TestType>;
  for (const auto& name : {std::string(), unique_name("it")}) {
    auto object = TestType::create(kind::create(name));
    CHECK(result_of(start_heir("heir", {std::string(kind::word), name}, {{"it", object}})) ==
          static_cast<int>(kind::full));
    if constexpr (std::is_same_v<TestType, mutex>) {
      // The child has died owning it.
      CHECK(object.wait_for(patience()) == wait_status::abandoned);
      object.unlock();
    } else {
      CHECK(kind::marked(object));
    }
  }
}

TEMPLATE_LIST_TEST_CASE("a child may get fewer rights", "[inherited][INH-02]", kinds) {
  using kind = support::kind<TestType>;
  const std::vector<std::string> arguments{std::string(kind::word)};
  for (const auto& name : {std::string(), unique_name("it")}) {
    auto object = TestType::create(kind::create(name));
    CHECK(result_of(start_heir("heir_of_less", arguments, {{"it", object, kind::narrow}})) ==
          static_cast<int>(kind::narrow));
    const auto narrow = object.duplicate(kind::narrow);
    CHECK(result_of(start_heir("heir_of_less", arguments, {{"it", narrow}})) ==
          static_cast<int>(kind::narrow));
  }
}

CHILD(asks_wrongly) {
  CHILD_REQUIRE(code_of([] { (void)inherited<section>("other"); }) == errc::not_found);
  CHILD_REQUIRE(code_of([] { (void)inherited<mutex>("it"); }) == errc::wrong_kind);
  std::error_code ec;
  CHILD_REQUIRE(!inherited<section>("It", ec));
  CHILD_REQUIRE(ec == errc::not_found);
  CHILD_REQUIRE(!inherited<timer>("it", ec));
  CHILD_REQUIRE(ec == errc::wrong_kind);
  CHILD_REQUIRE(inherited<section>("it", ec));
  CHILD_REQUIRE(!ec);
  CHILD_REQUIRE(inherited<event>(std::string("odd \n\0=\xff", 8)));
  return 0;
}

TEST_CASE("what was not passed is not_found, another kind wrong_kind", "[inherited][INH-03]") {
  CHECK(result_of(start_heir("asks_wrongly", {},
                             {{"it", section::create({.size = 1})},
                              {std::string("odd \n\0=\xff", 8), event::create()}})) == 0);
}

CHILD(cannot_lock) {
  auto guard = inherited<mutex>("guard");
  if (guard.try_lock()) return 1;
  std::error_code ec;
  guard.unlock(ec);
  return ec == errc::not_owner ? 0 : 2;
}

TEST_CASE("the ownership of a mutex is not inherited", "[inherited][MTX-17][INH-06]") {
  auto guard = mutex::create({.initially_owned = true});
  CHECK(result_of(start_heir("cannot_lock", {}, {{"guard", guard}})) == 0);
  guard.unlock();
}

// Passes one of its two on.
CHILD(hands_over_both) {
  const auto first = inherited<event>("first");
  auto next = start_heir("end_of_line", {}, {{"second", inherited<event>("second")}});
  if (next.wait_for(patience()) != wait_status::signaled) return 1;
  return next.exit_code().value_or(2);
}

CHILD(end_of_line) {
  std::error_code ec;
  if (inherited<event>("first", ec) || ec != errc::not_found) return 3;
  inherited<event>("second").set();
  auto next = start_heir("has_nothing", {});
  if (next.wait_for(patience()) != wait_status::signaled) return 4;
  return next.exit_code().value_or(5);
}

CHILD(has_nothing) {
  std::error_code ec;
  return !inherited<event>("first", ec) && !inherited<event>("second", ec) ? 0 : 6;
}

TEST_CASE("what a process inherited is not for its own children", "[inherited][INH-04]") {
  const auto first = event::create();
  auto second = event::create();
  CHECK(result_of(start_heir("hands_over_both", {}, {{"first", first}, {"second", second}})) == 0);
  CHECK(second.wait_for(0s) == wait_status::signaled);
}

CHILD(reads_file) {
  const auto text = inherited<section>("text");
  CHILD_REQUIRE(text.size() == 5);
  CHILD_REQUIRE(text.access() == access::read);
  const auto view = isthmus::const_view::map(text);
  return std::string_view(static_cast<const char*>(static_cast<const void*>(view.data())), 5) ==
                 "hello"
             ? 0
             : 1;
}

TEST_CASE("sections of files are inherited", "[inherited]") {
  const temporary_folder folder;
  const auto file = folder.file("text", "hello");
  for (const auto& name : {std::string(), unique_name("file")}) {
    auto text = section::from_file(file, {.name = name});
    CHECK(result_of(start_heir("reads_file", {}, {{"text", text}})) == 0);
  }
}
