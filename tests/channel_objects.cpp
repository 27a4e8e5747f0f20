// SPDX-License-Identifier: MIT
//
// Objects in channels: what all kinds have in common.
#include <isthmus/channel.hpp>

#include "support/errors.hpp"
#include "support/kinds.hpp"
#include "support/limits.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <string>
#include <system_error>
#include <utility>

using namespace support;
using isthmus::access;
using isthmus::channel;
using isthmus::channel_status;
using isthmus::errc;

namespace {

template <class T>
T object_of(channel& end, const std::string& message) {
  auto got = end.receive(patience());
  REQUIRE(got.status == channel_status::received);
  CHECK(got.message == message);
  REQUIRE(got.object.kind() == isthmus::detail::object_kind_of<T>);
  return got.object.template take<T>();
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("what is received is the object that was sent, and the sender keeps it",
                        "[channel][object][DUP-01][DUP-07][DUP-11]", kinds) {
  using kind = support::kind<TestType>;
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  for (const auto& name : {std::string(), unique_name("sent")}) {
    CAPTURE(name);
    auto made = TestType::create(kind::create(name));
    kind::mark(made);
    a.send(made, "first");
    REQUIRE(a.send(made, std::string(isthmus::max_message_size, 'm'), patience()));
    auto got = object_of<TestType>(b, "first");
    auto again = object_of<TestType>(b, std::string(isthmus::max_message_size, 'm'));
    CHECK(kind::marked(got));
    if constexpr (std::is_same_v<TestType, isthmus::mutex>) made.unlock();
    CHECK(kind::same(made, got));
    CHECK(kind::same(got, again));
    CHECK(got.name() == name);
    CHECK(got.access() == made.access());
    CHECK_FALSE(got.created());
    b.send(got, "back");
    auto back = object_of<TestType>(a, "back");
    CHECK(kind::same(made, back));
  }
}

TEMPLATE_LIST_TEST_CASE("rights are narrowed on the way", "[channel][object][DUP-02][DUP-07]",
                        kinds) {
  using kind = support::kind<TestType>;
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  auto made = TestType::create(kind::create());
  a.send({made, kind::narrow}, "narrow");
  auto got = object_of<TestType>(b, "narrow");
  CHECK(got.access() == kind::narrow);
  // A narrow handle sends what it has.
  a.send(got, "");
  CHECK(object_of<TestType>(b, "").access() == kind::narrow);
  std::error_code ec;
  a.send({made, kind::foreign}, "no such right", ec);
  CHECK(ec == errc::invalid_argument);
  a.send({made, access::none}, "no right at all", ec);
  CHECK(ec == errc::access_denied);
  CHECK(b.receive(0s).status == channel_status::timeout);
}

TEST_CASE("a narrowed object refuses what its rights do not allow", "[channel][DUP-02][DUP-07]") {
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  const auto memory = isthmus::section::create({.size = 4096});
  isthmus::view::map(memory).as<int>() = 42;
  a.send({memory, access::read}, "read");
  const auto readable = object_of<isthmus::section>(b, "read");
  CHECK(isthmus::const_view::map(readable).as<int>() == 42);
  CHECK(code_of([&] { (void)isthmus::view::map(readable); }) == errc::access_denied);

  auto event = isthmus::event::create();
  a.send({event, access::wait}, "wait");
  auto waiting = object_of<isthmus::event>(b, "wait");
  CHECK(code_of([&] { waiting.set(); }) == errc::access_denied);
  event.set();
  CHECK(waiting.wait_for(0s) == isthmus::wait_status::signaled);

  a.send({event, access::modify}, "modify");
  auto setting = object_of<isthmus::event>(b, "modify");
  CHECK(code_of([&] { (void)setting.wait_for(0s); }) == errc::access_denied);
  setting.set();
  CHECK(event.wait_for(0s) == isthmus::wait_status::signaled);
}

TEMPLATE_LIST_TEST_CASE("an empty object is invalid_argument, and nothing is sent",
                        "[channel][object]", kinds) {
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  CHECK(code_of([&] { a.send(TestType(), "nothing"); }) == errc::invalid_argument);
  CHECK(b.receive(0s).status == channel_status::timeout);
}

TEMPLATE_LIST_TEST_CASE("an object on its way stays alive, and its name with it",
                        "[channel][object][DUP-07][LIFE-01]", kinds) {
  using kind = support::kind<TestType>;
  const auto name = unique_name("way");
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  {
    auto made = TestType::create(kind::create(name));
    if constexpr (!std::is_same_v<TestType, isthmus::mutex>) kind::mark(made);
    a.send(made, "on its way");
  }
  a.close();
  CHECK(code_of([&] { (void)TestType::create(kind::create(name)); }) == errc::already_exists);
  auto got = object_of<TestType>(b, "on its way");
  if constexpr (!std::is_same_v<TestType, isthmus::mutex>) CHECK(kind::marked(got));
  CHECK(b.receive(patience()).status == channel_status::closed);
  auto opened = TestType::open(kind::open(name));
  CHECK(kind::same(got, opened));
  got.close();
  opened.close();
  CHECK(code_of([&] { (void)TestType::open(kind::open(name)); }) == errc::not_found);
}

TEMPLATE_LIST_TEST_CASE("what was never received goes with the channel, and the sender's own stays",
                        "[channel][object][DUP-07]", kinds) {
  using kind = support::kind<TestType>;
  const auto name = unique_name("lost");
  const auto round = [&] {
    auto made = TestType::create(kind::create(name));
    auto ends = channel::pair();
    auto& a = ends.first;
    auto& b = ends.second;
    for (int i = 0; i < 5; ++i) a.send(made, "never received");
    b.close();
    CHECK(code_of([&] { a.send(made, "nobody"); }) == errc::closed);
    auto opened = TestType::open(kind::open(name));
    CHECK(kind::same(made, opened));
  };
  round();
  const auto before = open_handles();
  for (int i = 0; i < 5; ++i) round();
  CHECK(open_handles() == before);
  CHECK(code_of([&] { (void)TestType::open(kind::open(name)); }) == errc::not_found);
}

TEST_CASE("sections of files and reserved ones are sent as well", "[channel][DUP-07]") {
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  for (const auto& name : {std::string(), unique_name("file")}) {
    CAPTURE(name);
    const auto file = isthmus::section::from_file(program(), {.name = name});
    a.send(file, "file");
    const auto got = object_of<isthmus::section>(b, "file");
    CHECK(got.size() == file.size());
    CHECK(got.access() == access::read);
    CHECK(isthmus::const_view::map(got).as<char>(1) == isthmus::const_view::map(file).as<char>(1));

    const auto reserved = isthmus::section::create(
        {.name = name.empty() ? name : name + "r", .size = 1 << 20, .reserve = true});
    const auto bytes = isthmus::view::map(reserved);
    bytes.commit(0, 4096);
    bytes.as<int>() = 7;
    a.send(reserved, "reserved");
    const auto same = object_of<isthmus::section>(b, "reserved");
    CHECK(isthmus::view::map(same).as<int>() == 7);
  }
}
