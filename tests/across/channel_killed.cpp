// SPDX-License-Identifier: MIT
//
// A thousand objects through channels whose other end is killed at random.
#include <isthmus/channel.hpp>

#include "support/child.hpp"
#include "support/limits.hpp"
#include "support/names.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

using namespace support;
using isthmus::channel;
using isthmus::channel_status;
using isthmus::errc;
using isthmus::listener;

namespace {

constexpr int wanted = 1000;

/// Some objects, named and unnamed.
struct objects {
  explicit objects(const std::string& stem)
      : memory(isthmus::section::create({.name = stem + "s", .size = 4096})),
        guard(isthmus::mutex::create({.name = stem + "m"})),
        event(isthmus::event::create()),
        permits(isthmus::semaphore::create({.name = stem + "p"})) {}

  [[nodiscard]] isthmus::object_ref pick(int i) const {
    switch (i % 4) {
      case 0:
        return memory;
      case 1:
        return guard;
      case 2:
        return event;
      default:
        return permits;
    }
  }

  isthmus::section memory;
  isthmus::mutex guard;
  isthmus::event event;
  isthmus::semaphore permits;
};

class random_time {
 public:
  explicit random_time(unsigned seed) : engine_(seed) {}
  std::chrono::microseconds operator()(int most) {
    return std::chrono::microseconds(std::uniform_int_distribution(0, most)(engine_));
  }

 private:
  std::minstd_rand engine_;
};

/// A random time to live, in which a victim does its work: longer where it takes long to start one,
/// since fewer of them are there then for as many objects.
std::chrono::microseconds time_to_live(random_time& time, clock::duration start) {
  const auto longest = std::chrono::duration_cast<std::chrono::microseconds>(start / 5);
  return time(std::max(5000, static_cast<int>(std::min<std::int64_t>(longest.count(), 50000))));
}

bool gone(const std::string& name) {
  std::error_code ec;
  (void)isthmus::section::open({.name = name}, ec);
  return ec == errc::not_found;
}

}  // namespace

// Receives for ever; keeps some.
CHILD(takes_all) {
  auto host = channel::connect({.name = io.argument(0)}, patience());
  io.send("ready");
  std::vector<isthmus::any_object> kept(10);
  for (std::size_t i = 0;; ++i) kept[i % kept.size()] = host.receive(patience()).object;
}

TEST_CASE("receivers that are killed cost the sender nothing", "[channel][DUP-07][LIFE-01]") {
  const auto name = unique_name("takes");
  const auto seed = std::random_device()();
  CAPTURE(seed);
  random_time time(seed);
  {
    auto door = listener::create({.name = name});
    const objects mine(name);
    std::size_t before = 0;
    int sent = 0;
    int rounds = 0;
    for (; sent < wanted && rounds < 400; ++rounds) {
      {
        const auto start = clock::now();
        ready_child receiver("takes_all", {name});
        const auto life = time_to_live(time, clock::now() - start);
        auto host = door.accept(patience());
        worker killer;
        auto killed = killer.start([&] {
          std::this_thread::sleep_for(life);
          receiver.kill();
        });
        std::error_code ec;
        while (host.send(mine.pick(sent), std::to_string(sent), patience(), ec) && !ec) ++sent;
        CHECK(ec == errc::closed);
        REQUIRE(ready(killed));
        killed.get();
      }
      if (rounds == 0) before = open_handles();
    }
    CHECK(sent >= wanted);
    CHECK(open_handles() == before);
    isthmus::view::map(mine.memory).as<int>() = 1;
    CHECK(isthmus::section::open({.name = name + "s"}));
  }
  CHECK(gone(name + "s"));
}

// Sends for ever.
CHILD(gives_all) {
  auto host = channel::connect({.name = io.argument(0)}, patience());
  const objects mine(io.argument(1));
  io.send("ready");
  for (int i = 0;; ++i) host.send(mine.pick(i), std::to_string(i));
}

TEST_CASE("senders that are killed leave nothing in the receiver", "[channel][DUP-07][LIFE-01]") {
  const auto name = unique_name("gives");
  const auto seed = std::random_device()();
  CAPTURE(seed);
  random_time time(seed);
  auto door = listener::create({.name = name});
  std::size_t before = 0;
  std::size_t stayed = 0;
  int got = 0;
  int rounds = 0;
  for (; got < wanted && rounds < 400; ++rounds) {
    const auto stem = unique_name("stem");
    {
      const auto start = clock::now();
      ready_child sender("gives_all", {name, stem});
      const auto life = time_to_live(time, clock::now() - start);
      auto host = door.accept(patience());
      worker killer;
      auto killed = killer.start([&] {
        std::this_thread::sleep_for(life);
        sender.kill();
      });
      int next = 0;
      auto packet = host.receive(patience());
      for (; packet; packet = host.receive(patience())) {
        CHECK(packet.object);
        CHECK(packet.message == std::to_string(next++));
      }
      CHECK(packet.status == channel_status::closed);
      got += next;
      REQUIRE(ready(killed));
      killed.get();
    }
    if (!gone(stem + "s")) ++stayed;
    if (rounds == 0) before = open_handles();
  }
  CHECK(got >= wanted);
  CHECK(stayed <= lost_handles(rounds));
  CHECK(open_handles() <= before + lost_handles(rounds));
}
