// SPDX-License-Identifier: MIT
//
// What a fork does to open objects.
#include "forked.hpp"
#include "runtime.hpp"
#include "seams.hpp"

#include "support/names.hpp"
#include "support/sections.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <thread>

#include <spawn.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::section;
using support::exists;
using support::of;

namespace {

/// Closes an object while another thread starts a program with `start`, many times; how often the
/// name was left in the directory.
template <class Start>
int left_by_racing(int tries, Start start) {
  int left = 0;
  for (int i = 0; i < tries; ++i) {
    const auto name = support::unique_name("race");
    auto object = section::create(of(name));
    std::atomic<bool> go = false;
    std::optional<forked> program;
    std::thread starter([&] {
      while (!go) {
      }
      program.emplace(start());
    });
    go = true;
    for (int spin = i % 16 * 50; spin > 0; --spin)
      std::atomic_signal_fence(std::memory_order_seq_cst);
    object.close();
    if (std::filesystem::exists(anchor_of(name))) ++left;
    starter.join();
    REQUIRE(program->ended() == 0);
    CHECK_FALSE(exists(name));  // whatever was left, it is dead
    const auto again = section::create(of(name));
  }
  return left;
}

}  // namespace

TEST_CASE("a close racing the start of a program in another thread leaves no name",
          "[fork][LIFE-01]") {
  const int left = left_by_racing(300, [] {
    std::string name = "/bin/true";
    std::array<char*, 2> arguments{name.data(), nullptr};
    pid_t id = -1;
    if (posix_spawn(&id, name.c_str(), nullptr, nullptr, arguments.data(), nullptr) != 0) id = -1;
    return forked(id);
  });
  CHECK(left == 0);
  CHECK(anchors().empty());
}

TEST_CASE("a close racing a plain fork and exec leaves at most a dead name", "[fork][LIFE-01]") {
  (void)left_by_racing(300, [] {
    const pid_t id = ::fork();  // not a `forked`, which would die with this thread
    if (id == 0) {
      execl("/bin/true", "true", nullptr);
      _exit(1);
    }
    return forked(id);
  });
  CHECK(anchors().empty());
}

TEST_CASE("parent and child that close at the same moment neither leave the name nor lose it",
          "[fork][LIFE-01][LIFE-03]") {
  for (const bool read_only : {false, true}) {
    for (int round = 0; round < 400; ++round) {
      const auto name = support::unique_name("both");
      auto object = section::create(of(name));
      if (read_only) object = section::open({.name = name, .access = isthmus::access::read});
      shared<std::array<std::atomic<bool>, 2>> flags;
      forked child([&] {
        (*flags)[0] = true;
        while (!(*flags)[1]) {
        }
        object.close();
        return 0;
      });
      while (!(*flags)[0]) std::this_thread::yield();
      CHECK(exists(name));
      (*flags)[1] = true;
      object.close();
      REQUIRE(child.ended() == 0);
      REQUIRE_FALSE(std::filesystem::exists(anchor_of(name)));
    }
  }
}

TEST_CASE("a child after fork uses its handles, and holds the name after its parent",
          "[fork][LIFE-03][MTX-17]") {
  const auto name = support::unique_name("child");
  auto object = section::create(of(name));
  auto guard = isthmus::mutex::create({.name = name + ".guard"});
  isthmus::view::map(object).as<int>() = 1;
  shared<std::array<std::atomic<bool>, 2>> flags;
  forked child([&] {
    guard.lock();
    isthmus::view::map(object).as<int>() += 1;
    guard.unlock();
    (*flags)[0] = true;
    await([&] { return (*flags)[1].load(); });
    object.close();
    guard.close();
    return 0;
  });
  REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
  CHECK(isthmus::const_view::map(object).as<int>() == 2);
  object.close();
  guard.close();
  CHECK(exists(name));
  CHECK(isthmus::const_view::map(section::open({.name = name})).as<int>() == 2);
  (*flags)[1] = true;
  CHECK(child.ended() == 0);
  CHECK_FALSE(exists(name));
  CHECK(anchors().empty());
}

TEST_CASE("what a child makes after fork is its own", "[fork][LIFE-01]") {
  const auto name = support::unique_name("own");
  const auto parents = section::create(of(name));
  CHECK(in_child([&] {
          const auto made = section::create(of(name + ".child"));
          std::error_code ec;
          (void)section::create(of(name), ec);
          return ec == isthmus::errc::already_exists && exists(name + ".child") ? 0 : 1;
        }) == 0);
  CHECK_FALSE(exists(name + ".child"));
  CHECK(exists(name));
}
