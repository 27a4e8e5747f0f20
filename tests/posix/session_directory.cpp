// SPDX-License-Identifier: MIT
//
// All processes of a user come to one session directory, whatever other users do in the place where
// it lies, and whoever is killed while it is made.
#include "other_user.hpp"
#include "runtime.hpp"
#include "seams.hpp"

#include "posix/names/lifetime.hpp"

#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/sections.hpp"
#include "support/system.hpp"

#include "support/limits.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::errc;
using isthmus::section;
using support::of;

namespace {

std::string stem_of(uid_t user) {
  return std::string(isthmus::detail::directory_prefix) + std::to_string(user) + ".";
}

/// The directories and wishes of a user in a place.
std::vector<std::string> those_of(const std::filesystem::path& base, uid_t user) {
  auto names = entries(base);
  std::erase_if(names, [&](const std::string& name) {
    struct stat info {};
    return !name.starts_with(stem_of(user)) || ::lstat((base / name).c_str(), &info) != 0 ||
           info.st_uid != user || !S_ISDIR(info.st_mode);
  });
  return names;
}

constexpr std::array making{step::session_made, step::session_wished, step::session_alone,
                            step::session_named};

/// What the processes of one round share beside the library.
struct meeting_point {
  std::atomic<bool> begin = false;
  std::atomic<bool> end = false;
  std::atomic<int> met = 0;
};

/// Comes to the session for the first time, together with others, and counts itself in a section.
int come(meeting_point& point) {
  await([&] { return point.begin.load(); });
  const auto common = section::open_or_create({.name = "common", .size = sizeof(int)});
  const auto view = isthmus::view::map(common);
  ++support::as_counter(view.as<int>());
  ++point.met;
  await([&] { return point.end.load(); });
  return 0;
}

/// Sixteen processes come at once, of which some are killed where they are told to: how many of the
/// others have not met in one section, and how many directories there are then, must be 0 and 1.
void check_that_all_meet(const private_runtime& base, std::minstd_rand& random, int to_kill) {
  shared<meeting_point> point;
  std::vector<forked> killed;
  std::vector<forked> others;
  for (int i = 0; i < 16; ++i) {
    const bool victim = i < to_kill;
    const step where = making[random() % making.size()];
    (victim ? killed : others).emplace_back([&, victim, where] {
      if (victim) signal_at(where, SIGKILL);
      return come(*point);
    });
  }
  point->begin = true;
  // A victim that does not come to its step, as another was before it, is one of the others.
  int died = 0;
  REQUIRE(support::eventually([&] {
    died = 0;
    for (auto& one : killed) died += one.ended(std::chrono::milliseconds(0)).has_value() ? 1 : 0;
    return point->met + died == 16;
  }));
  CHECK(in_child([&] {
          const auto common = section::open({.name = "common"});
          return isthmus::const_view::map(common).as<int>() == point->met ? 0 : 1;
        }) == 0);
  point->end = true;
  for (auto& one : others) CHECK(one.ended() == 0);
  for (auto& one : killed) CHECK(one.ended().has_value());
  CHECK(in_child([] {
          (void)isthmus::clean();
          return 0;
        }) == 0);
  CHECK(those_of(base.path(), ::geteuid()).size() == 1);
}

}  // namespace

TEST_CASE("names that another user has taken first do not keep a user from its session",
          "[session]") {
  if (!plays_users()) SKIP("only root can play two users");
  for (const int taken : {1, 64, 1000}) {
    INFO(taken << " names taken");
    const private_runtime base;
    REQUIRE(::chmod(base.path().c_str(), 01777) == 0);
    for (int number = 0; number < taken; ++number) {
      const auto squatted = base.path() / (stem_of(alice) + std::to_string(number));
      REQUIRE(::mkdir(squatted.c_str(), 0777) == 0);
      REQUIRE(::chown(squatted.c_str(), bob, bob) == 0);
    }
    shared<stages> told;
    forked first(as_user(alice, [&] {
      const auto made = section::create(of("probe"));
      told->say(0);
      told->wait_for(1);
      return 0;
    }));
    REQUIRE(told->comes(0));
    for (int i = 0; i < 3; ++i)
      CHECK(in_child(as_user(
                alice, [] { return section::open({.name = "probe"}).created() ? 1 : 0; })) == 0);
    told->say(1);
    CHECK(first.ended() == 0);
    CHECK(those_of(base.path(), alice).size() == 1);
    CHECK(those_of(base.path(), bob).empty());
    for (int number = 0; number < taken; ++number)
      CHECK(std::filesystem::is_empty(base.path() / (stem_of(alice) + std::to_string(number))));
  }
}

TEST_CASE("a directory stays the session's when a lower name becomes free", "[session]") {
  if (!plays_users()) SKIP("only root can play two users");
  const private_runtime base;
  REQUIRE(::chmod(base.path().c_str(), 01777) == 0);
  const auto squatted = base.path() / (stem_of(alice) + "0");
  REQUIRE(::mkdir(squatted.c_str(), 0700) == 0);
  const auto once = as_user(alice, [] {
    const auto made = section::create(of("probe"));
    return 0;
  });
  REQUIRE(in_child(once) == 0);
  const auto before = those_of(base.path(), alice);
  REQUIRE(before.size() == 1);
  REQUIRE(::rmdir(squatted.c_str()) == 0);
  REQUIRE(in_child(once) == 0);
  CHECK(those_of(base.path(), alice) == before);
}

namespace {

/// So many rounds; a quarter of them where a sanitizer or a busy machine makes them long.
bool is_wanted(int round, int most) {
  static support::clock::time_point began;
  const auto now = support::clock::now();
  if (round == 0) began = now;
  most = support::repetitions(most);
  return round < most / 4 || (round < most && now - began < 10s / support::less_factor());
}

}  // namespace

TEST_CASE("sixteen first processes come to one directory, whoever of them is killed", "[session]") {
  std::minstd_rand random(1);
  for (int round = 0; is_wanted(round, 100); ++round) {
    INFO("round " << round);
    const private_runtime base;
    check_that_all_meet(base, random, round % 8);
  }
}

TEST_CASE("they do so while another user takes names and gives them back", "[session]") {
  if (!plays_users()) SKIP("only root can play two users");
  std::minstd_rand random(2);
  for (int round = 0; is_wanted(round, 60); ++round) {
    INFO("round " << round);
    const private_runtime base;
    REQUIRE(::chmod(base.path().c_str(), 01777) == 0);
    shared<std::atomic<bool>> over;
    forked squatter(as_user(bob, [&] {
      const auto name = base.path() / (stem_of(0) + "0");
      while (!over->load()) {
        ::mkdir(name.c_str(), 0777);
        ::rmdir(name.c_str());
      }
      return 0;
    }));
    check_that_all_meet(base, random, round % 4);
    *over = true;
    CHECK(squatter.ended() == 0);
  }
}

TEST_CASE("a process that is stopped while it makes the directory is named to the others",
          "[session]") {
  const private_runtime base;
  for (const step where : {step::session_wished, step::session_alone}) {
    INFO(name_of(where));
    forked stopped([&] {
      signal_at(where, SIGSTOP);
      const auto made = section::create(of("probe"));
      return 0;
    });
    REQUIRE(stopped.stopped());
    CHECK(in_child([&] {
            const auto problem = support::thrown_by([] { (void)section::create(of("other")); });
            if (problem.code != errc::busy) return 1;
            return problem.text.find(stem_of(::geteuid())) != std::string::npos ? 0 : 2;
          }) == 0);
    stopped.signal(SIGCONT);
    CHECK(stopped.ended() == 0);
    CHECK(those_of(base.path(), ::geteuid()).size() == 1);
    std::filesystem::remove_all(session_in(base.path()));
  }
}

TEST_CASE("what is left by a process that was killed while it made the directory is swept",
          "[session]") {
  for (const step where : making) {
    INFO(name_of(where));
    const private_runtime base;
    const auto make = [] {
      const auto made = section::create(of("probe"));
      return 0;
    };
    CHECK(in_child([&] {
            signal_at(where, SIGKILL);
            return make();
          }) == 128 + SIGKILL);
    CHECK(in_child(make) == 0);
    CHECK(in_child([] {
            (void)isthmus::clean();
            return 0;
          }) == 0);
    CHECK(entries(base.path()) == std::vector{session_in(base.path()).filename().string()});
  }
}

TEST_CASE("a strict umask does not keep a user from its session", "[session]") {
  if (!plays_users()) SKIP("root may do everything");
  const private_runtime base;
  REQUIRE(::chmod(base.path().c_str(), 01777) == 0);
  CHECK(in_child(as_user(alice, [] {
          ::umask(0777);
          const auto made = section::create(of("probe"));
          return 0;
        })) == 0);
  CHECK(in_child(as_user(alice, [] {
          const auto made = section::create(of("probe"));
          return 0;
        })) == 0);
}
