// SPDX-License-Identifier: MIT
//
// Channels between processes that know nothing of each other but a name.
#include <isthmus/channel.hpp>

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/kinds.hpp"
#include "support/limits.hpp"
#include "support/names.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <list>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

using namespace support;
using isthmus::access;
using isthmus::any_object;
using isthmus::channel;
using isthmus::channel_status;
using isthmus::errc;
using isthmus::listener;

namespace {

isthmus::object_ref as_ref(const any_object& object) {
  if (const auto* const memory = object.get<isthmus::section>()) return *memory;
  if (const auto* const guard = object.get<isthmus::mutex>()) return *guard;
  if (const auto* const permits = object.get<isthmus::semaphore>()) return *permits;
  if (const auto* const event = object.get<isthmus::event>()) return *event;
  return *object.get<isthmus::timer>();
}

template <class T>
T object_of(channel& end) {
  auto got = end.receive(patience());
  REQUIRE(got.status == channel_status::received);
  REQUIRE(got.object.kind() == isthmus::detail::object_kind_of<T>);
  return got.object.template take<T>();
}

}  // namespace

// Connects, keeps every object that it gets, and does what the message says.
CHILD(guest) {
  auto host = channel::connect({.name = io.argument(0)}, patience());
  io.send("ready");
  std::list<any_object> kept;
  while (auto got = host.receive(patience())) {
    const bool with_object = static_cast<bool>(got.object);
    if (with_object) kept.push_back(std::move(got.object));
    if (got.message == "back") host.send(as_ref(kept.back()), "it is back");
    if (got.message == "rights") host.send(to_string(kept.back().access()));
    if (got.message == "lock") {
      kept.back().get<isthmus::mutex>()->lock();
      host.send("locked");
    }
    if (got.message == "write") {
      isthmus::view::map(*kept.back().get<isthmus::section>()).as<int>() = 4711;
      host.send("written");
    }
    if (got.message == "map to write") {
      std::error_code ec;
      (void)isthmus::view::map(*kept.back().get<isthmus::section>(), {}, ec);
      host.send(ec == errc::access_denied ? "access_denied" : "allowed");
    }
    if (got.message == "modify") {
      std::error_code ec;
      kept.back().get<isthmus::event>()->set(ec);
      host.send(ec == errc::access_denied ? "access_denied" : "allowed");
    }
  }
  return 3;
}

namespace {

struct meeting {
  meeting() {
    guest.expect("ready");
    REQUIRE(host);
  }
  std::string ask(const isthmus::object_ref& object, std::string_view order) {
    host.send(object, order);
    return host.receive(patience()).message;
  }

  std::string name = unique_name("meeting");
  listener door = listener::create({.name = name});
  child guest{"guest", {name}};
  channel host = door.accept(patience());
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("each kind goes to a stranger and back, with its rights",
                        "[channel][DUP-01][DUP-07][DUP-11]", kinds) {
  using kind = support::kind<TestType>;
  meeting met;
  for (const auto& name : {std::string(), unique_name("kind")}) {
    CAPTURE(name);
    auto made = TestType::create(kind::create(name));
    met.host.send(made, "back");
    auto back = object_of<TestType>(met.host);
    CHECK(back.name() == name);
    CHECK(back.access() == made.access());
    CHECK(kind::same(made, back));
    met.host.send({made, kind::narrow}, "back");
    CHECK(object_of<TestType>(met.host).access() == kind::narrow);
    CHECK(met.ask(made, "rights") == to_string(made.access()));
  }
}

TEST_CASE("what a stranger writes is seen here, unless its rights forbid it", "[channel][DUP-02]") {
  meeting met;
  const auto memory = isthmus::section::create({.size = 4096});
  CHECK(met.ask({memory, access::read}, "map to write") == "access_denied");
  CHECK(isthmus::const_view::map(memory).as<int>() == 0);
  CHECK(met.ask(memory, "write") == "written");
  CHECK(isthmus::const_view::map(memory).as<int>() == 4711);
  auto event = isthmus::event::create();
  CHECK(met.ask({event, access::wait}, "modify") == "access_denied");
  CHECK(met.ask(event, "modify") == "allowed");
  CHECK(event.wait_for(0s) == isthmus::wait_status::signaled);
}

TEST_CASE("a mutex that was sent tells of its owner's death", "[channel][MTX-07]") {
  meeting met;
  auto guard = isthmus::mutex::create();
  CHECK(met.ask(guard, "lock") == "locked");
  CHECK_FALSE(guard.try_lock());
  met.guest.kill();
  CHECK(guard.try_lock_for(patience()));
  CHECK(guard.abandoned());
}

TEST_CASE("each end knows who the other one is", "[channel]") {
  meeting met;
  CHECK(met.host.peer().process_id == met.guest.id());
  CHECK(met.host.peer().user == isthmus::section::create({.size = 1}).creator().user);
}

// Tells whom it is connected with.
CHILD(asks_peer) {
  auto host = channel::connect({.name = io.argument(0)}, patience());
  io.send(std::to_string(host.peer().process_id.value_or(0)));
  io.receive();
  return 0;
}

TEST_CASE("who connects knows who listens", "[channel]") {
  const auto name = unique_name("who");
  auto door = listener::create({.name = name});
  child guest("asks_peer", {name});
  guest.expect(std::to_string(process_id()));
  auto host = door.accept(patience());
  CHECK(host.peer().process_id == guest.id());
}

TEST_CASE("the death of the other end: closed for who receives, an error for who sends",
          "[channel]") {
  meeting met;
  const auto name = unique_name("kept");
  auto memory = isthmus::section::create({.name = name, .size = 4096});
  worker other;
  auto last = other.start([&] { return met.host.receive(patience()).status; });
  CHECK_FALSE(ready(last, moment));
  met.guest.kill();
  REQUIRE(ready(last));
  CHECK(last.get() == channel_status::closed);
  CHECK(code_of([&] { met.host.send(memory, "hello?"); }) == errc::closed);
  isthmus::view::map(memory).as<int>() = 1;  // the sender has lost nothing
  CHECK(isthmus::section::open({.name = name}));
  memory.close();
  std::error_code ec;
  CHECK_FALSE(isthmus::section::open({.name = name}, ec));
  CHECK(ec == errc::not_found);
}

TEST_CASE("one who is stopped holds nobody up beyond a limit", "[channel]") {
  meeting met;
  met.guest.stop();
  const auto memory = isthmus::section::create({.size = 4096});
  CHECK(met.host.receive(moment).status == channel_status::timeout);
  int sent = 0;
  while (met.host.send(memory, std::string(1000, 'x'), moment)) ++sent;
  CHECK(sent > 0);
  CHECK(time_of([&] { CHECK_FALSE(met.host.send(memory, std::string(1000, 'y'), moment)); }) <
        scaled(5s));
  met.guest.resume();
  CHECK(met.ask(memory, "write") == "written");
  CHECK(isthmus::const_view::map(memory).as<int>() == 4711);
}

// Sends one object of each kind that it made, and ends.
CHILD(leaves_objects) {
  auto host = channel::connect({.name = io.argument(0)}, patience());
  const auto stem = io.argument(1);
  {
    auto memory = isthmus::section::create({.name = stem + "s", .size = 4096});
    isthmus::view::map(memory).as<int>() = 99;
    host.send(memory, "section");
    auto guard = isthmus::mutex::create({.name = stem + "m", .initially_owned = true});
    host.send(guard, "mutex");
    host.send(isthmus::semaphore::create({.initial = 2, .maximum = 3}), "semaphore");
    host.send(isthmus::event::create({.name = stem + "e", .initially_set = true}), "event");
  }
  io.send("sent");
  if (io.argument(2) == "killed") io.receive();
  return 0;
}

TEST_CASE("objects on their way outlive their sender, however it ends",
          "[channel][DUP-07][LIFE-01]") {
  const std::string end = GENERATE("exits", "killed");
  CAPTURE(end);
  const auto name = unique_name("door");
  const auto stem = unique_name("stem");
  auto door = listener::create({.name = name});
  {
    child sender("leaves_objects", {name, stem, end});
    sender.expect("sent");
    if (end == "killed") {
      sender.kill();
    } else {
      CHECK(sender.exit_code() == 0);
    }
  }
  // Nobody has received them yet; the names live.
  std::error_code ec;
  CHECK_FALSE(isthmus::section::create({.name = stem + "s", .size = 1}, ec));
  CHECK(ec == errc::already_exists);
  auto host = door.accept(patience());
  REQUIRE(host);
  auto memory = object_of<isthmus::section>(host);
  CHECK(isthmus::view::map(memory).as<int>() == 99);
  CHECK(memory.name() == stem + "s");
  auto guard = object_of<isthmus::mutex>(host);
  CHECK(guard.wait_for(patience()) == isthmus::wait_status::abandoned);
  guard.unlock();
  auto permits = object_of<isthmus::semaphore>(host);
  CHECK(permits.release() == 2);
  auto event = object_of<isthmus::event>(host);
  CHECK(event.wait_for(0s) == isthmus::wait_status::signaled);
  CHECK(host.receive(patience()).status == channel_status::closed);
  CHECK(isthmus::event::open({.name = stem + "e"}));
  for (auto* const each : {&event}) each->close();
  CHECK_FALSE(isthmus::event::open({.name = stem + "e"}, ec));
  CHECK(ec == errc::not_found);
}

// Passes on what it gets from one listener to the other.
CHILD(passes_on) {
  auto from = channel::connect({.name = io.argument(0)}, patience());
  auto to = channel::connect({.name = io.argument(1)}, patience());
  io.send("ready");
  while (auto got = from.receive(patience())) to.send(as_ref(got.object), got.message);
  return 0;
}

TEST_CASE("an object goes on from hand to hand", "[channel][DUP-07]") {
  const auto name = unique_name("chain");
  auto in = listener::create({.name = name + "i"});
  auto out = listener::create({.name = name + "o"});
  ready_child between("passes_on", {name + "i", name + "o"});
  auto to = in.accept(patience());
  auto from = out.accept(patience());
  auto permits = isthmus::semaphore::create({.maximum = 1000});
  to.send(permits, "there");
  auto got = object_of<isthmus::semaphore>(from);
  got.release(7);
  CHECK(permits.release() == 7);
  to.close();
  CHECK(between.exit_code() == 0);
}
