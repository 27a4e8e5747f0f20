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

#include <atomic>
#include <random>
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

/// A random number of objects after which a victim is killed. So many victims are needed for all of
/// them on any machine, however long it takes to start one.
class random_number {
 public:
  explicit random_number(unsigned seed) : engine_(seed) {}
  int operator()() { return std::uniform_int_distribution(0, 60)(engine_); }

 private:
  std::minstd_rand engine_;
};

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
  random_number objects_until_death(seed);
  {
    auto door = listener::create({.name = name});
    const objects mine(name);
    std::size_t before = 0;
    std::atomic<int> sent = 0;
    int rounds = 0;
    for (; sent < wanted && rounds < 400; ++rounds) {
      {
        ready_child receiver("takes_all", {name});
        auto host = door.accept(patience());
        worker killer;
        auto killed = killer.start([&, last = sent + objects_until_death()] {
          const bool in_time = eventually([&] { return sent >= last; });
          receiver.kill();
          return in_time;
        });
        std::error_code ec;
        while (host.send(mine.pick(sent), std::to_string(sent), patience(), ec) && !ec) ++sent;
        CHECK(ec == errc::closed);
        REQUIRE(ready(killed));
        CHECK(killed.get());
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
  random_number objects_until_death(seed);
  auto door = listener::create({.name = name});
  std::size_t before = 0;
  std::size_t stayed = 0;
  int got = 0;
  int rounds = 0;
  for (; got < wanted && rounds < 400; ++rounds) {
    const auto stem = unique_name("stem");
    {
      ready_child sender("gives_all", {name, stem});
      auto host = door.accept(patience());
      worker killer;
      std::atomic<int> next = 0;
      auto killed = killer.start([&, last = objects_until_death()] {
        const bool in_time = eventually([&] { return next >= last; });
        sender.kill();
        return in_time;
      });
      auto packet = host.receive(patience());
      for (; packet; packet = host.receive(patience())) {
        CHECK(packet.object);
        CHECK(packet.message == std::to_string(next++));
      }
      CHECK(packet.status == channel_status::closed);
      got += next;
      REQUIRE(ready(killed));
      CHECK(killed.get());
    }
    if (!gone(stem + "s")) ++stayed;
    if (rounds == 0) before = open_handles();
  }
  CHECK(got >= wanted);
  CHECK(stayed <= lost_handles(rounds));
  CHECK(open_handles() <= before + lost_handles(rounds));
}
