// SPDX-License-Identifier: MIT
#include <isthmus/name.hpp>

#include "support/child.hpp"
#include "support/kinds.hpp"
#include "support/names.hpp"
#include "support/scopes.hpp"

#include <isthmus/error.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include <list>
#include <string>
#include <system_error>
#include <tuple>
#include <vector>

using namespace support;
using isthmus::errc;

namespace {

/// Tells what came of it.
std::string outcome(bool there, bool created, const std::error_code& ec) {
  if (ec == errc::already_exists) return "already_exists";
  if (ec == errc::wrong_kind) return "wrong_kind";
  if (ec == errc::not_found) return "not_found";
  if (ec || !there) return "error: " + ec.message();
  return created ? "created" : "opened";
}

template <class T>
std::string attempt(const std::string& verb, const std::string& name, T& into) {
  std::error_code ec;
  if (verb == "create") into = T::create(kind<T>::create(name), ec);
  if (verb == "open") into = T::open(kind<T>::open(name), ec);
  if (verb == "wait") into = T::open(kind<T>::open(name), patience(), ec);
  if (verb == "either") into = T::open_or_create(kind<T>::create(name), ec);
  return outcome(static_cast<bool>(into), into.created(), ec);
}

/// Does it for the object of the kind that the child is for.
template <class T>
void attempt_if(child_io& io, const std::string& verb, T& into) {
  if (io.argument(0) == kind<T>::word) io.send(attempt(verb, io.argument(1), into));
}

/// Both scopes, one after the other.
std::string prefix() { return GENERATE(from_range(prefixes())); }

}  // namespace

// Tries a verb on a name for a kind when it is told to, and keeps what it gets.
CHILD(tries) {
  kinds objects;
  io.send("ready");
  for (;;) {
    const auto verb = io.receive();
    std::apply([&](auto&... each) { (attempt_if(io, verb, each), ...); }, objects);
  }
}

TEMPLATE_LIST_TEST_CASE("of twenty processes that create a name at once exactly one is told so",
                        "[name][NAME-24][NAME-18]", kinds) {
  const auto name = prefix() + unique_name("race");
  std::list<child> racers;
  for (int i = 0; i < 20; ++i) {
    racers.emplace_back("tries", std::vector{std::string(kind<TestType>::word), name});
  }
  for (auto& racer : racers) racer.expect("ready");
  int number = 0;
  for (auto& racer : racers) racer.send(number++ % 2 == 0 ? "either" : "create");
  int created = 0;
  int opened = 0;
  int refused = 0;
  for (auto& racer : racers) {
    const auto said = racer.receive();
    CAPTURE(said);
    created += said == "created" ? 1 : 0;
    opened += said == "opened" ? 1 : 0;
    refused += said == "already_exists" ? 1 : 0;
  }
  CHECK(created == 1);
  CHECK(opened + refused == 19);
  CHECK(refused >= 9);
  CHECK(opened >= 9);

  // And once more, when all of them end at the same time.
  for (auto& racer : racers) racer.kill();
  CHECK(TestType::create(kind<TestType>::create(name)).created());
}

TEMPLATE_LIST_TEST_CASE("open waits for a name that another process makes later", "[name][NAME-21]",
                        kinds) {
  const auto name = prefix() + unique_name("later");
  ready_child waiting("tries", {std::string(kind<TestType>::word), name});
  waiting.send("wait");
  CHECK_FALSE(waiting.speaks(moment));
  const auto made = TestType::create(kind<TestType>::create(name));
  waiting.expect("opened");
}

TEMPLATE_LIST_TEST_CASE("a name is taken for every kind in every process", "[name][NAME-17]",
                        kinds) {
  using other = typename kind<TestType>::other;
  const auto name = prefix() + unique_name("kind");
  auto held = other::create(kind<other>::create(name));
  ready_child stranger("tries", {std::string(kind<TestType>::word), name});
  CHECK(stranger.ask("create") == "wrong_kind");
  CHECK(stranger.ask("open") == "wrong_kind");
  CHECK(stranger.ask("either") == "wrong_kind");
  held.close();
  CHECK(stranger.ask("open") == "not_found");
  CHECK(stranger.ask("create") == "created");
}

TEMPLATE_LIST_TEST_CASE("odd and long names are the same name in every process",
                        "[name][NAME-01][NAME-02][NAME-15]", kinds) {
  for (const auto& name :
       {unique_name("a/b:c *?\" .. "), unique_name("\xe5\x90\x8d\xf0\x9f\x8c\x8d"),
        unique_name_of_length(255), unique_name_of_length(1024)}) {
    CAPTURE(name);
    ready_child creator("tries", {std::string(kind<TestType>::word), name});
    CHECK(creator.ask("create") == "created");
    CHECK(TestType::open(kind<TestType>::open(name)).name() == name);
  }
}
