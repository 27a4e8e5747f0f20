// SPDX-License-Identifier: MIT
//
// The names of listeners: creators and closers that are killed or stopped at every step, what
// somebody has planted, forks, and a directory that goes.
#include "forked.hpp"
#include "listeners.hpp"
#include "posix/names/lifetime.hpp"
#include "posix/names/turn.hpp"
#include "runtime.hpp"
#include "seams.hpp"

#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/limits.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/channel.hpp>
#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <functional>
#include <iterator>
#include <list>
#include <random>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::channel;
using isthmus::errc;
using isthmus::listener;
using support::patience;
using support::scaled;
using support::time_of;

namespace {

std::filesystem::path folder() { return session() / "c"; }

std::error_code create_code(const std::string& name) {
  std::error_code ec;
  (void)listener::create({.name = name}, ec);
  return ec;
}

/// A name that shares no turn with this one.
std::string other_than(const std::string& name) {
  std::string other = name + "other";
  const auto turn = [](const std::string& of) {
    return isthmus::detail::turn_of(("=" + of).c_str());
  };
  while (isthmus::detail::turn_count != 0 && turn(other) == turn(name)) other += "x";
  return other;
}

struct killed_at {
  step where;
  bool closing;
};
constexpr std::array scenes{killed_at{step::listen_published, false},
                            killed_at{step::listen_bound, false},
                            killed_at{step::listen_socket_removed, true}};

/// Makes a listener, and closes it if that is what is looked at; sends itself a signal on the way.
int signalled_in(const killed_at& play, const std::string& name, int signal) {
  if (!play.closing) signal_at(play.where, signal);
  auto door = listener::create({.name = name});
  if (play.closing) signal_at(play.where, signal);
  door.close();
  return 0;
}

}  // namespace

TEST_CASE("a listener that is killed at any step leaves the name free, and nothing else",
          "[channel][LIFE-02]") {
  for (const auto& play : scenes) {
    INFO(name_of(play.where));
    for (const bool cleaned : {false, true}) {
      const auto name = support::unique_name("killed");
      REQUIRE(in_child([&] { return signalled_in(play, name, SIGKILL); }) == 128 + SIGKILL);
      CHECK(connect_code(name) == errc::not_found);
      if (cleaned) {
        CHECK(isthmus::clean().objects == 1);
        CHECK_FALSE(std::filesystem::exists(folder()));
      }
      CHECK(works(name));
      CHECK(entries(folder()).empty());
    }
  }
}

TEST_CASE("a listener that is stopped at any step holds nobody up", "[channel]") {
  for (const auto& play : scenes) {
    INFO(name_of(play.where));
    const auto name = support::unique_name("stopped");
    forked other([&] { return signalled_in(play, name, SIGSTOP); });
    REQUIRE(other.stopped());
    // Where names have turns, it has one until the name is its own.
    const bool has_turn = play.where == step::listen_published && isthmus::detail::turn_count != 0;
    const auto wanted = play.closing || has_turn ? errc::busy : errc::already_exists;
    CHECK(time_of([&] { CHECK(create_code(name) == wanted); }) < scaled(5s));
    CHECK(time_of([&] {
            const auto code = connect_code(name);
            CHECK((play.where == step::listen_bound ? !code : code == errc::not_found));
          }) < scaled(5s));
    CHECK(works(other_than(name)));
    other.signal(SIGCONT);
    CHECK(other.ended() == 0);
    CHECK(works(name));
  }
}

TEST_CASE("a creator that is not listening yet is not found yet, and then is", "[channel]") {
  const auto name = support::unique_name("slow");
  shared<std::array<std::atomic<bool>, 2>> flags;
  forked other([&] {
    pause_at(step::listen_published, (*flags)[0], (*flags)[1]);
    auto door = listener::create({.name = name});
    return door.accept(patience()) ? 0 : 1;
  });
  await([&] { return (*flags)[0].load(); });
  CHECK(connect_code(name) == errc::not_found);
  std::error_code ec;
  (void)channel::connect({.name = name}, support::moment, ec);
  CHECK(ec == errc::not_found);
  (*flags)[1] = true;
  CHECK(channel::connect({.name = name}, patience()));
  CHECK(other.ended() == 0);
}

TEST_CASE("creators that are killed while they race never share a name, nor lose it",
          "[channel][NAME-24]") {
  const auto name = support::unique_name("race");
  struct book {
    std::atomic<int> holders = 0;
    std::atomic<int> most = 0;
    std::atomic<int> made = 0;
    std::atomic<int> wrong = 0;
    std::atomic<bool> end = false;
  };
  shared<book> pages;
  const auto race = [&](unsigned seed) {
    std::minstd_rand random(seed);
    while (!pages->end) {
      // Every third time it dies on the way.
      if (random() % 3 == 0) signal_at(scenes[random() % 3].where, SIGKILL);
      std::error_code ec;
      auto door = listener::create({.name = name}, ec);
      if (!door) {
        if (ec != errc::already_exists && ec != errc::busy) ++pages->wrong;
        continue;
      }
      const int now = ++pages->holders;
      if (now > pages->most) pages->most = now;
      ++pages->made;
      // Whoever holds it can be reached, by itself at least.
      if (random() % 2 == 0 && connect_code(name)) ++pages->wrong;
      --pages->holders;
      door.close();
    }
    return 0;
  };
  unsigned seed = std::random_device()();
  CAPTURE(seed);
  std::list<forked> racers;
  const auto until = support::clock::now() + 2s;
  int killed = 0;
  const auto last = support::clock::now() + support::patience();
  const auto goes_on = [&] {
    const auto now = support::clock::now();
    return now < until || (now < last && (pages->made <= 20 || killed <= 10));
  };
  while (goes_on()) {
    while (racers.size() < 4) racers.emplace_back([&, mine = ++seed] { return race(mine); });
    for (auto each = racers.begin(); each != racers.end();) {
      const auto code = each->ended(0ms);
      if (code) ++killed;
      each = code ? racers.erase(each) : std::next(each);
    }
    ::usleep(100);
  }
  pages->end = true;
  for (auto& each : racers) CHECK(each.ended());
  CHECK(pages->wrong == 0);
  CHECK(pages->most == 1);
  CHECK(pages->made > 20);
  CHECK(killed > 10);
  CHECK(works(name));
  // Where a new file has a temporary name, those who were killed have left it.
  if (isthmus::detail::bytes_apart) isthmus::clean();
  CHECK(entries(folder()).empty());
}

TEST_CASE("what is planted under a listener's name is an error that names it", "[channel]") {
  const auto name = support::unique_name("planted");
  REQUIRE(works(name));
  const auto place = folder() / ("=" + name);
  const std::vector<std::pair<const char*, std::function<void()>>> plants{
      {"a directory", [&] { std::filesystem::create_directory(place); }},
      {"a link", [&] { std::filesystem::create_symlink(support::program(), place); }},
      {"a dangling link", [&] { std::filesystem::create_symlink("/nowhere", place); }},
      {"a pipe", [&] { REQUIRE(::mkfifo(place.c_str(), 0600) == 0); }}};
  for (const auto& [text, plant] : plants) {
    INFO(text);
    plant();
    CHECK(time_of([&] {
            for (const auto& problem :
                 {support::thrown_by([&] { (void)listener::create({.name = name}); }),
                  support::thrown_by([&] { (void)channel::connect({.name = name}); })}) {
              CHECK(problem.code == errc::untrusted);
              CHECK(problem.text.find(place.string()) != std::string::npos);
            }
          }) < scaled(5s));
    std::filesystem::remove(place);
  }
  // A file that nobody holds is a dead listener's, whatever is in it.
  for (const auto& bytes : {std::string(), std::string("garbage"), std::string(100'000, '\xaa')}) {
    support::write_file(place, bytes);
    CHECK(connect_code(name) == errc::damaged);
    CHECK(works(name));
  }
}

TEST_CASE("a listener that a fork shares keeps its name until both have let it go", "[channel]") {
  const auto name = support::unique_name("fork");
  for (const bool child_first : {true, false}) {
    CAPTURE(child_first);
    auto door = listener::create({.name = name});
    shared<std::array<std::atomic<bool>, 3>> flags;
    forked other([&] {
      await([&] { return (*flags)[0].load(); });
      door.close();
      (*flags)[1] = true;
      await([&] { return (*flags)[2].load(); });
      return 0;
    });
    if (!child_first) door.close();
    CHECK(create_code(name) == errc::already_exists);
    CHECK_FALSE(connect_code(name));
    (*flags)[0] = true;
    await([&] { return (*flags)[1].load(); });
    if (child_first) {
      CHECK(create_code(name) == errc::already_exists);
      CHECK_FALSE(connect_code(name));
      door.close();
    }
    CHECK(connect_code(name) == errc::not_found);
    CHECK(works(name));
    (*flags)[2] = true;
    CHECK(other.ended() == 0);
  }
}

TEST_CASE("scope::global is not supported for channels, and says so", "[channel]") {
  const auto problem = support::thrown_by([] { (void)listener::create({.name = "Global\\door"}); });
  CHECK(problem.code == errc::not_supported);
  CHECK(problem.text.find("scope::global") != std::string::npos);
  CHECK(connect_code("Global\\door") == errc::not_supported);
}
