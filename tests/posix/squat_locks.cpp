// SPDX-License-Identifier: MIT
//
// What another user can do with locks, leases and links, and what a group shares.
#include "seams.hpp"
#include "squat.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/isthmus.hpp>

#include "posix/names/life_lock.hpp"

#include <catch2/catch_test_macros.hpp>

#include <csignal>
#include <filesystem>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace white;

TEST_CASE("whoever holds locks for ever holds up no name but that one, and that briefly",
          "[squat][LIFE-03]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  for (const bool writes : {true, false}) {
    const auto name = support::unique_name("locked");
    const isthmus::permissions who{
        .read = isthmus::audience::everyone,
        .modify = writes ? isthmus::audience::everyone : isthmus::audience::owner};
    shared<stages> stage;
    REQUIRE(in_child(as_user(alice, [&] {
              const auto made =
                  section::create({.name = prefixed(name), .size = 4096, .permissions = who});
              return ::kill(::getpid(), SIGKILL);
            })) == 128 + SIGKILL);
    forked locker(as_user(bob, [&] {
      const auto path = folder_of(name) / "a";
      const int fd = ::open(path.c_str(), (writes ? O_RDWR : O_RDONLY) | O_CLOEXEC);
      if (fd < 0) return 1;
      if ((isthmus::detail::claim_removal(fd) == 0) != writes) return 2;
      if (!writes && isthmus::detail::hold(fd) != 0) return 3;
      stage->say(0);
      stage->wait_for(1);
      return 0;
    }));
    REQUIRE(stage->comes(0));
    CHECK(in_child(as_user(alice, [&] {
            // Who may write may keep others from it; who may read may keep the object alive.
            const auto expected = [&](const support::thrown& problem) {
              return writes ? problem.code == errc::busy : problem.code == errc::already_exists;
            };
            const calls make{[&] {
              (void)section::create({.name = prefixed(name), .size = 4096, .permissions = who});
            }};
            if (all_come_to(make, expected) != 0) return 1;
            const calls open{[&] { (void)section::open({.name = prefixed(name)}); }};
            const auto opened = [&](const support::thrown& problem) {
              return writes ? problem.code == errc::busy : !problem.code;
            };
            if (all_come_to(open, opened) != 0) return 2;
            const auto other = support::unique_name("other");
            const calls others{[&] {
              (void)section::create({.name = prefixed(other), .size = 4096, .permissions = who});
            }};
            return all_come_to(others, [](const support::thrown& p) { return !p.code; });
          })) == 0);
    stage->say(1);
    CHECK(locker.ended() == 0);
    CHECK(in_child(as_user(alice, [&] {
            return section::create({.name = prefixed(name), .size = 4096, .permissions = who})
                           .created()
                       ? 0
                       : 1;
          })) == 0);
  }
}

TEST_CASE("a lease on a planted file is an error that names its owner", "[squat][HARD-30]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = support::unique_name("leased");
  shared<stages> stage;
  forked holder(as_user(bob, [&] {
    ::signal(SIGIO, SIG_IGN);
    ::umask(0);
    if (::mkdir(folder_of(name).c_str(), 0777) != 0) return 1;
    const auto path = folder_of(name) / "a";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    stage->say(::fcntl(fd, F_SETLEASE, F_WRLCK) == 0 ? 0 : 2);
    stage->say(3);
    stage->wait_for(1);
    return 0;
  }));
  REQUIRE(stage->comes(3));
  if (stage->reached[2]) {
    stage->say(1);
    SKIP("no leases here");
  }
  CHECK(in_child(as_user(alice, [&] {
          return all_come_to({[&] { (void)section::open({.name = prefixed(name)}); }},
                             [](const support::thrown& problem) {
                               return problem.code == errc::busy &&
                                      problem.text.find(text_of(bob)) != std::string::npos;
                             });
        })) == 0);
  stage->say(1);
  CHECK(holder.ended() == 0);
  std::filesystem::remove_all(folder_of(name));
}

TEST_CASE("a hard link to an object's file neither keeps its name nor brings it back",
          "[squat][LIFE-01][LIFE-02]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = support::unique_name("linked");
  shared<stages> stage;
  forked maker(as_user(alice, [&] {
    const auto made =
        section::create({.name = prefixed(name), .size = 4096, .permissions = everyone});
    isthmus::view::map(made).as<int>() = 4711;
    stage->say(0);
    stage->wait_for(1);
    return 0;
  }));
  REQUIRE(stage->comes(0));
  const auto kept = runtime() / support::unique_name("kept");
  REQUIRE(plant([&] { return ::link((folder_of(name) / "a").c_str(), kept.c_str()) == 0; }) == 0);
  // Somebody is just opening it, and has seen it held, when its last holder goes.
  forked opener(as_user(bob, [&] {
    pause_at(step::open_lock_asked, stage->reached[2], stage->reached[3]);
    std::error_code ec;
    (void)section::open({.name = prefixed(name)}, ec);
    return ec == errc::not_found ? 0 : 1;
  }));
  REQUIRE(stage->comes(2));
  stage->say(1);
  REQUIRE(maker.ended() == 0);
  stage->say(3);
  CHECK(opener.ended() == 0);
  CHECK(in_child(as_user(carol, [&] {
          std::error_code ec;
          (void)section::open({.name = prefixed(name)}, ec);
          if (ec != errc::not_found) return 1;
          const auto made =
              section::create({.name = prefixed(name), .size = 4096, .permissions = everyone});
          return isthmus::view::map(made).as<int>() == 0 ? 0 : 2;
        })) == 0);
  std::filesystem::remove(kept);
  std::filesystem::remove_all(folder_of(name));
}

TEST_CASE("members of a group share its directory, whoever is the last", "[squat][LIFE-01]") {
  if (!plays_users()) SKIP("only root can play other users");
  const private_runtime base;
  constexpr gid_t team = 65900;
  REQUIRE(::chown(base.path().c_str(), 0, team) == 0);
  REQUIRE(::chmod(base.path().c_str(), 02770) == 0);
  const isthmus::permissions members{.read = isthmus::audience::group,
                                     .modify = isthmus::audience::group};
  const auto crash = [&] {
    const auto made =
        section::create({.name = "Global\\team", .size = 4096, .permissions = members});
    return made.created() ? ::kill(::getpid(), SIGKILL) : 1;
  };
  for (const uid_t user : {alice, bob, alice, carol})
    CHECK(in_child(as_user(user, crash, team)) == 128 + SIGKILL);
  CHECK(in_child(as_user(
            bob, [&] { return isthmus::clean(isthmus::scope::global).objects == 1 ? 0 : 1; },
            team)) == 0);
  CHECK(entries(base.path()).empty());
}
