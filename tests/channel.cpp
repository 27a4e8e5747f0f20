// SPDX-License-Identifier: MIT
#include <isthmus/channel.hpp>

#include "support/errors.hpp"
#include "support/limits.hpp"
#include "support/names.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/native.hpp>
#include <isthmus/section.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <list>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

using namespace support;
using isthmus::channel;
using isthmus::channel_status;
using isthmus::errc;
using isthmus::listener;
using isthmus::max_message_size;

namespace {

/// What is received at once.
channel_status status_of(channel& end) { return end.receive(0s).status; }

std::string message_of(channel& end) {
  auto got = end.receive(patience());
  REQUIRE(got.status == channel_status::received);
  CHECK_FALSE(got.object);
  return got.message;
}

std::string any_bytes(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 7 + i / 256);
  return text;
}

/// Sends until nothing more fits; how many that were.
int fill(channel& end, const std::string& message) {
  int count = 0;
  while (end.send(message, moment)) ++count;
  return count;
}

}  // namespace

TEST_CASE("messages go both ways through a pair, whole and in order", "[channel]") {
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  REQUIRE(a);
  REQUIRE(b);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4096},
                                 max_message_size - 1, max_message_size}) {
    CAPTURE(size);
    const auto text = any_bytes(size);
    a.send(text);
    CHECK(message_of(b) == text);
    REQUIRE(b.send(text, patience()));
    CHECK(message_of(a) == text);
  }
  for (int i = 0; i < 20; ++i) a.send(std::to_string(i));
  for (int i = 0; i < 20; ++i) CHECK(message_of(b) == std::to_string(i));
  CHECK(status_of(b) == channel_status::timeout);
}

TEST_CASE("a message that is too long is out_of_range, and nothing is sent", "[channel]") {
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  const auto problem = thrown_by([&] { a.send(any_bytes(max_message_size + 1)); });
  CHECK(problem.code == errc::out_of_range);
  CHECK(problem.text.find("channel::send: the message has 65537 bytes") != std::string::npos);
  CHECK(status_of(b) == channel_status::timeout);
  a.send("still fine");
  CHECK(message_of(b) == "still fine");
}

TEST_CASE("receiving ends at its limit and takes nothing", "[channel]") {
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  CHECK(status_of(b) == channel_status::timeout);
  CHECK(b.receive(-1s).status == channel_status::timeout);
  const auto time = time_of([&] { CHECK(b.receive(moment).status == channel_status::timeout); });
  CHECK(time >= moment);
  CHECK(time < scaled(5s));
  std::error_code ec = make_error_code(errc::busy);
  CHECK_FALSE(b.receive(1ms, ec));
  CHECK_FALSE(ec);
  a.send("late");
  CHECK(message_of(b) == "late");
}

TEST_CASE("a receiver that waits is woken", "[channel]") {
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  worker other;
  auto got = other.start([&] { return b.receive(patience()).message; });
  CHECK_FALSE(ready(got, moment));
  a.send("now");
  REQUIRE(ready(got));
  CHECK(got.get() == "now");
  auto last = other.start([&] { return b.receive(std::chrono::hours::max()).status; });
  CHECK_FALSE(ready(last, moment));
  a.close();
  REQUIRE(ready(last));
  CHECK(last.get() == channel_status::closed);
}

TEST_CASE("sending to one who takes nothing ends at its limit, and then nothing was sent",
          "[channel]") {
  for (const std::size_t size : {std::size_t{1}, std::size_t{5000}, max_message_size}) {
    CAPTURE(size);
    auto ends = channel::pair();
    auto& a = ends.first;
    auto& b = ends.second;
    const std::string message(size, 'm');
    const int sent = fill(a, message);
    REQUIRE(sent > 0);
    REQUIRE(sent < 100'000);
    const std::string refused(size, 'r');
    const auto time = time_of([&] { CHECK_FALSE(a.send(refused, moment)); });
    CHECK(time >= moment);
    CHECK(time < scaled(5s));
    CHECK_FALSE(a.send(refused, 0s));
    const std::string last(size, 'l');
    worker other;
    auto waiting = other.start([&] { return a.send(last, patience()); });
    CHECK_FALSE(ready(waiting, moment));
    for (int i = 0; i < sent; ++i) REQUIRE(message_of(b) == message);
    REQUIRE(ready(waiting));
    CHECK(waiting.get());
    CHECK(message_of(b) == last);
    CHECK(status_of(b) == channel_status::timeout);
  }
}

TEST_CASE("the end of the other end: first what it sent, then closed", "[channel]") {
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  b.send("never read");
  a.send("one");
  a.send("two");
  a.close();
  CHECK_FALSE(a);
  CHECK(message_of(b) == "one");
  CHECK(message_of(b) == "two");
  CHECK(b.receive().status == channel_status::closed);
  CHECK(status_of(b) == channel_status::closed);
  CHECK(code_of([&] { b.send("anybody?"); }) == errc::closed);
  std::error_code ec;
  CHECK_FALSE(b.send("anybody?", patience(), ec));
  CHECK(ec == errc::closed);
  CHECK(thrown_by([&] { b.send("?"); }).text.find("has gone") != std::string::npos);
}

TEST_CASE("a sender that waits hears that the other end closes", "[channel]") {
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  (void)fill(a, std::string(1000, 'x'));
  worker other;
  auto waiting = other.start([&] {
    std::error_code ec;
    while (a.send(std::string(1000, 'y'), patience(), ec)) {  // one may get through at the last
    }
    return ec;
  });
  CHECK_FALSE(ready(waiting, moment));
  b.close();
  REQUIRE(ready(waiting));
  CHECK(waiting.get() == errc::closed);
}

TEST_CASE("an empty channel or listener refuses everything", "[channel]") {
  auto ends = channel::pair();
  auto& a = ends.first;
  channel moved = std::move(a);
  CHECK(moved);
  for (auto* const empty : {&a}) {  // NOLINT(bugprone-use-after-move): its emptiness is the test
    CHECK_FALSE(*empty);
    CHECK(code_of([&] { empty->send("x"); }) == errc::invalid_argument);
    CHECK(code_of([&] { (void)empty->receive(); }) == errc::invalid_argument);
    CHECK(code_of([&] { (void)empty->peer(); }) == errc::invalid_argument);
    CHECK(isthmus::native_handle(*empty) == isthmus::no_native_handle);
    empty->close();
  }
  listener none;
  CHECK_FALSE(none);
  CHECK(none.name().empty());
  CHECK(code_of([&] { (void)none.accept(); }) == errc::invalid_argument);
  none.close();
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<channel>);
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<listener>);
}

TEST_CASE("threads may send and receive at the same time", "[channel]") {
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  constexpr int each = 300;
  std::array<worker, 4> workers;
  std::vector<std::future<int>> results;
  for (std::size_t i = 0; i < 2; ++i)
    results.push_back(workers[i].start([&end = a, i] {
      for (int n = 0; n < each; ++n) end.send(std::to_string(i) + ' ' + std::to_string(n));
      return each;
    }));
  std::array<std::vector<std::string>, 2> got;
  for (std::size_t i = 0; i < 2; ++i)
    results.push_back(workers[2 + i].start([&end = b, &mine = got[i]] {
      while (auto packet = end.receive(patience())) {
        if (packet.message == "end") break;
        mine.push_back(packet.message);
      }
      return static_cast<int>(mine.size());
    }));
  for (std::size_t i = 0; i < 2; ++i) REQUIRE(ready(results[i]));
  a.send("end");
  a.send("end");
  REQUIRE(ready(results[2]));
  REQUIRE(ready(results[3]));
  CHECK(results[2].get() + results[3].get() == 2 * each);
  std::vector<std::string> all = got[0];
  all.insert(all.end(), got[1].begin(), got[1].end());
  std::sort(all.begin(), all.end());
  CHECK(std::unique(all.begin(), all.end()) == all.end());
  CHECK(all.size() == std::size_t{2} * each);
}

TEST_CASE("a channel made of a native handle is the same end", "[channel]") {
  auto ends = channel::pair();
  auto& a = ends.first;
  auto& b = ends.second;
  auto copy = isthmus::channel_from_native(copy_of(isthmus::native_handle(b)));
  a.send("one");
  a.send("two");
  CHECK(message_of(copy) == "one");
  CHECK(message_of(b) == "two");
  b.close();
  a.send("three");
  CHECK(message_of(copy) == "three");
  copy.send("back");
  CHECK(message_of(a) == "back");
  copy.close();
  CHECK(a.receive(patience()).status == channel_status::closed);

  const auto memory = isthmus::section::create({.size = 1});
  CHECK(code_of([&] { (void)isthmus::channel_from_native(isthmus::native_handle(memory)); }) ==
        errc::wrong_kind);
  CHECK(code_of([&] { (void)isthmus::channel_from_native(isthmus::no_native_handle); }) ==
        errc::invalid_argument);
}

TEST_CASE("channels give back all handles that they use", "[channel]") {
  const auto name = unique_name("handles");
  const auto round = [&] {
    auto door = listener::create({.name = name});
    std::error_code ec;
    (void)listener::create({.name = name}, ec);
    (void)channel::connect({.name = name + "?"}, ec);
    auto guest = channel::connect({.name = name});
    auto unanswered = channel::connect({.name = name}, patience());
    auto host = door.accept(patience());
    guest.send("x");
    (void)host.receive(patience());
    (void)host.receive(1ms);
    (void)fill(guest, std::string(max_message_size, 'f'));
    auto pair = channel::pair();
    pair.first.send("y");
  };
  round();
  const auto before = open_handles();
  for (int i = 0; i < 5; ++i) round();
  CHECK(open_handles() == before);
}

TEST_CASE("the ways to end have names", "[channel]") {
  CHECK(to_string(channel_status::received) == "received");
  CHECK(to_string(channel_status::timeout) == "timeout");
  CHECK(to_string(channel_status::closed) == "closed");
  CHECK(to_string(channel_status::failed) == "failed");
}
