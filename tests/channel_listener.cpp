// SPDX-License-Identifier: MIT
//
// Listeners, their names, and who connects.
#include <isthmus/channel.hpp>

#include "support/errors.hpp"
#include "support/limits.hpp"
#include "support/names.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>

#include <catch2/catch_test_macros.hpp>

#include <list>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace support;
using isthmus::channel;
using isthmus::channel_status;
using isthmus::errc;
using isthmus::listener;

namespace {

std::string text_of(channel& end) {
  auto got = end.receive(patience());
  REQUIRE(got.status == channel_status::received);
  return got.message;
}

}  // namespace

TEST_CASE("what is accepted is connected with who has connected", "[channel]") {
  const auto name = unique_name("door");
  auto door = listener::create({.name = name});
  CHECK(door.name() == name);
  CHECK_FALSE(door.accept(0s));
  CHECK(time_of([&] { CHECK_FALSE(door.accept(moment)); }) >= moment);
  std::error_code ec = make_error_code(errc::busy);
  CHECK_FALSE(door.accept(1ms, ec));
  CHECK_FALSE(ec);
  for (int round = 0; round < 5; ++round) {
    auto first = channel::connect({.name = name}, patience());
    auto second = channel::connect({.name = name}, patience());
    first.send("first");
    auto one = door.accept(patience());
    auto two = door.accept(patience());
    REQUIRE(one);
    REQUIRE(two);
    second.send("second");
    for (auto* const host : {&one, &two}) host->send("to the " + text_of(*host));
    CHECK(text_of(first) == "to the first");
    CHECK(text_of(second) == "to the second");
  }
}

TEST_CASE("accept waits for who connects", "[channel]") {
  const auto name = unique_name("door");
  auto door = listener::create({.name = name});
  worker other;
  auto accepted = other.start([&] { return door.accept(patience()); });
  CHECK_FALSE(ready(accepted, moment));
  auto guest = channel::connect({.name = name});
  REQUIRE(ready(accepted));
  auto host = accepted.get();
  host.send("welcome");
  CHECK(text_of(guest) == "welcome");
}

TEST_CASE("who connects and leaves is accepted all the same", "[channel]") {
  const auto name = unique_name("door");
  auto door = listener::create({.name = name});
  {
    auto guest = channel::connect({.name = name});
    guest.send("sorry");
  }
  auto host = door.accept(patience());
  REQUIRE(host);
  CHECK(text_of(host) == "sorry");
  CHECK(host.receive(patience()).status == channel_status::closed);
  auto next = channel::connect({.name = name}, patience());
  CHECK(door.accept(patience()));
}

TEST_CASE("a name without a listener is not found; a limit waits for one", "[channel]") {
  const auto name = unique_name("late");
  const auto problem = thrown_by([&] { (void)channel::connect({.name = name}); });
  CHECK(problem.code == errc::not_found);
  CHECK(problem.text == "channel::connect(\"" + name + "\"): there is no listener of this name");
  std::error_code ec;
  const auto time = time_of([&] { (void)channel::connect({.name = name}, moment, ec); });
  CHECK(ec == errc::not_found);
  CHECK(time >= moment);
  worker other;
  auto made = other.start([&] { return channel::connect({.name = name}, patience()); });
  CHECK_FALSE(ready(made, moment));
  auto door = listener::create({.name = name});
  REQUIRE(ready(made));
  auto guest = made.get();
  CHECK(guest);
  CHECK(door.accept(patience()));
}

TEST_CASE("who does not get in at once waits for it, or hears busy", "[channel]") {
  const auto name = unique_name("crowd");
  auto door = listener::create({.name = name});
  std::list<channel> guests;
  std::error_code ec;
  while (!ec && guests.size() < 1000) guests.push_back(channel::connect({.name = name}, ec));
  REQUIRE(ec == errc::busy);
  guests.pop_back();
  CHECK(guests.size() >= 2);
  CHECK(time_of([&] { (void)channel::connect({.name = name}, moment, ec); }) >= moment);
  CHECK(ec == errc::busy);
  worker other;
  auto late = other.start([&] { return channel::connect({.name = name}, patience()); });
  CHECK_FALSE(ready(late, moment));
  std::list<channel> hosts;
  for (std::size_t i = 0; i <= guests.size(); ++i) hosts.push_back(door.accept(patience()));
  REQUIRE(ready(late));
  guests.push_back(late.get());
  for (auto& guest : guests) guest.send("in");
  for (auto& host : hosts) CHECK(text_of(host) == "in");
}

TEST_CASE("a name has one listener, and is free when that closes", "[channel]") {
  const auto name = unique_name("one");
  auto door = listener::create({.name = name});
  auto guest = channel::connect({.name = name});
  auto host = door.accept(patience());
  const auto problem = thrown_by([&] { (void)listener::create({.name = name}); });
  CHECK(problem.code == errc::already_exists);
  CHECK(problem.text.find("listener::create(\"" + name) != std::string::npos);
  door.close();
  CHECK_FALSE(door);
  CHECK(code_of([&] { (void)channel::connect({.name = name}); }) == errc::not_found);
  for (int round = 0; round < 3; ++round) {
    door = listener::create({.name = name});
    auto second = channel::connect({.name = name}, patience());
    auto accepted = door.accept(patience());
    second.send("new");
    CHECK(text_of(accepted) == "new");
    door.close();
  }
  // What was made through the first listener stays.
  guest.send("old");
  CHECK(text_of(host) == "old");
}

TEST_CASE("those who were not accepted find the channel closed", "[channel]") {
  const auto name = unique_name("shut");
  auto door = listener::create({.name = name});
  auto guest = channel::connect({.name = name});
  guest.send("hello");
  door.close();
  CHECK(guest.receive(patience()).status == channel_status::closed);
  CHECK(code_of([&] { guest.send("hello?"); }) == errc::closed);
}

TEST_CASE("names of listeners are exact, of any length and characters, and their own",
          "[channel][NAME-01][NAME-02]") {
  const auto stem = unique_name("name");
  const std::vector<std::string> names{stem,
                                       stem + "A",
                                       stem + "a",
                                       stem + "/x",
                                       stem + " ",
                                       stem + "ö",
                                       stem + std::string(500, 'l'),
                                       unique_name_of_length(1024),
                                       "." + stem,
                                       stem + "\x01:*?\"<>|"};
  std::list<listener> doors;
  for (const auto& name : names) doors.push_back(listener::create({.name = name}));
  const auto memory = isthmus::section::create({.name = stem, .size = 1});
  auto door = doors.begin();
  for (const auto& name : names) {
    CAPTURE(name);
    CHECK(door->name() == name);
    auto guest = channel::connect({.name = "Local\\" + name});
    auto host = door->accept(patience());
    REQUIRE(host);
    guest.send(name);
    CHECK(text_of(host) == name);
    ++door;
  }
}

TEST_CASE("names that make no sense are refused", "[channel][NAME-04][NAME-08][NAME-15]") {
  using options = std::pair<std::string, errc>;
  for (const auto& [name, wanted] :
       {options("", errc::invalid_argument), options("a\\b", errc::invalid_name),
        options("Global", errc::invalid_name), options("\xff", errc::invalid_name),
        options(std::string(1025, 'x'), errc::name_too_long)}) {
    CAPTURE(name, to_string(wanted));
    CHECK(code_of([&, &n = name] { (void)listener::create({.name = n}); }) == wanted);
    CHECK(code_of([&, &n = name] { (void)channel::connect({.name = n}); }) == wanted);
    CHECK(code_of([&, &n = name] { (void)channel::connect({.name = n}, patience()); }) == wanted);
  }
}

TEST_CASE("the other end's process and user are known", "[channel]") {
  const auto name = unique_name("peer");
  const auto user = isthmus::section::create({.size = 1}).creator().user;
  REQUIRE_FALSE(user.empty());
  auto door = listener::create({.name = name});
  auto guest = channel::connect({.name = name});
  auto host = door.accept(patience());
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  for (auto* const end : {&guest, &host, &a, &b}) {
    const auto peer = end->peer();
    CHECK(peer.user == user);
    CHECK(peer.process_id == process_id());
  }
}
