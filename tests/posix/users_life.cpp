// SPDX-License-Identifier: MIT
//
// How names live and die when several users hold them, and what who may only read can do.
#include "runtime.hpp"
#include "users.hpp"

#include "support/errors.hpp"
#include "support/names.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/isthmus.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::audience;
using isthmus::errc;
using isthmus::section;

namespace {

constexpr isthmus::permissions to_read{.read = audience::everyone};

/// Whether a name can be made anew by this user, zeroed.
int makes_anew(const std::string& name, const isthmus::permissions& who = everyone) {
  const auto made = section::create({.name = name, .size = 4096, .permissions = who});
  return made.created() && isthmus::view::map(made).as<int>() == 0 ? 0 : 1;
}

}  // namespace

TEST_CASE("a name lives until its last holder goes, whichever user that is",
          "[users][LIFE-01][LIFE-03][INH-07]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  for (const bool crash : {false, true}) {
    const auto name = global("last");
    shared<stages> stage;
    const auto hold = [&](int opened, int end, bool make) {
      return [&stage, &name, opened, end, make] {
        auto object = make ? section::create({.name = name, .size = 4096, .permissions = everyone})
                           : section::open({.name = name});
        const auto memory = isthmus::view::map(object);
        if (make) memory.as<int>() = 4711;
        if (memory.as<int>() != 4711) return 1;
        stage->say(opened);
        stage->wait_for(end);
        object.close();
        return memory.as<int>() == 4711 ? 0 : 2;
      };
    };
    forked maker(as_user(alice, hold(0, 1, true)));
    REQUIRE(stage->comes(0));
    forked opener(as_user(bob, hold(2, 3, false)));
    REQUIRE(stage->comes(2));
    if (crash) {
      maker.kill();
    } else {
      stage->say(1);
      CHECK(maker.ended() == 0);
    }
    CHECK(in_child(as_user(carol, [&] {
            return isthmus::const_view::map(section::open({.name = name})).as<int>() == 4711 ? 0
                                                                                             : 1;
          })) == 0);
    if (crash) {
      opener.kill();
    } else {
      stage->say(3);
      CHECK(opener.ended() == 0);
    }
    CHECK(in_child(as_user(carol, [&] {
            std::error_code ec;
            (void)section::open({.name = name}, ec);
            return ec == errc::not_found ? makes_anew(name) : 1;
          })) == 0);
    CHECK(in_child(as_user(bob, [&] { return makes_anew(name); })) == 0);
  }
}

TEST_CASE("a private name that crashed stays its owner's", "[users][ACL-07][LIFE-03]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = global("private");
  REQUIRE(in_child(as_user(alice, [&] {
            const auto made = section::create({.name = name, .size = 4096});
            return ::kill(::getpid(), SIGKILL);
          })) == 128 + SIGKILL);
  CHECK(in_child(as_user(bob, [&] {
          (void)isthmus::clean(isthmus::scope::global);
          if (!opens<section>(name, isthmus::access::read, false, alice)) return 1;
          const auto problem = support::thrown_by([&] { makes_anew(name); });
          return problem.code == errc::access_denied &&
                         problem.text.find(text_of(alice)) != std::string::npos
                     ? 0
                     : 2;
        })) == 0);
  CHECK(in_child(as_user(alice, [&] { return makes_anew(name, {}); })) == 0);
  // Now that it was closed, anybody may have it.
  CHECK(in_child(as_user(bob, [&] { return makes_anew(name, {}); })) == 0);
  CHECK(in_child(as_user(alice, [&] { return makes_anew(name, everyone); })) == 0);
}

TEST_CASE("clean removes what this user may remove, root all of it", "[users]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = global("cleaned");
  const auto crash = [&](uid_t user, const isthmus::permissions& who) {
    return in_child(as_user(user, [&] {
             const auto made = section::create({.name = name, .size = 4096, .permissions = who});
             return ::kill(::getpid(), SIGKILL);
           })) == 128 + SIGKILL;
  };
  const auto cleaned = [&](uid_t user) {
    return in_child(as_user(
        user, [] { return static_cast<int>(isthmus::clean(isthmus::scope::global).objects); }));
  };
  (void)isthmus::clean(isthmus::scope::global);
  REQUIRE(crash(alice, {}));
  CHECK(cleaned(bob) == 0);
  CHECK(cleaned(alice) == 1);
  REQUIRE(crash(alice, {}));
  CHECK(isthmus::clean(isthmus::scope::global).objects == 1);
  REQUIRE(crash(alice, everyone));
  CHECK(cleaned(bob) == 1);
  REQUIRE(crash(alice, to_read));
  CHECK(cleaned(bob) == 0);
  CHECK(cleaned(alice) == 1);
}

TEST_CASE("who may only read opens a descriptor that can only be read",
          "[users][ACL-08][ACL-15][DUP-03]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = global("reader");
  shared<stages> stage;
  forked maker(as_user(alice, [&] {
    const auto made = section::create({.name = name, .size = 4096, .permissions = to_read});
    isthmus::view::map(made).as<int>() = 4711;
    stage->say(0);
    stage->wait_for(1);
    return 0;
  }));
  REQUIRE(stage->comes(0));
  forked reader(as_user(bob, [&] {
    const auto read = section::open({.name = name, .access = isthmus::access::read});
    if (isthmus::const_view::map(read).as<int>() != 4711) return 1;
    std::error_code ec;
    (void)isthmus::view::map(read, {}, ec);
    if (ec != errc::access_denied) return 2;
    // A duplicate may have more rights only where the object's permissions give them.
    (void)read.duplicate(isthmus::access::read | isthmus::access::write, ec);
    if (ec != errc::access_denied) return 3;
    stage->say(2);
    stage->wait_for(3);
    // Alice has gone; it lives on with its reader.
    return isthmus::const_view::map(section::open({.name = name, .access = isthmus::access::read}))
                       .as<int>() == 4711
               ? 0
               : 4;
  }));
  REQUIRE(stage->comes(2));
  stage->say(1);
  CHECK(maker.ended() == 0);
  stage->say(3);
  CHECK(reader.ended() == 0);
  // What a reader leaves is dead for everybody; who may write removes it.
  CHECK(in_child(as_user(carol, [&] {
          std::error_code ec;
          (void)section::open({.name = name, .access = isthmus::access::read}, ec);
          return ec == errc::not_found ? 0 : 1;
        })) == 0);
  CHECK(in_child(as_user(alice, [&] { return makes_anew(name, to_read); })) == 0);
}

TEST_CASE("in a session wide permissions reach nobody else", "[users][HARD-28]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = support::unique_name("session");
  shared<stages> stage;
  forked maker(as_user(alice, [&] {
    const auto made = section::create({.name = name, .size = 4096, .permissions = everyone});
    stage->say(0);
    stage->wait_for(1);
    return 0;
  }));
  REQUIRE(stage->comes(0));
  CHECK(in_child(as_user(bob, [&] {
          std::error_code ec;
          (void)section::open({.name = name}, ec);
          return ec == errc::not_found ? makes_anew(name) : 1;
        })) == 0);
  CHECK_FALSE(std::filesystem::exists(session_in(runtime()) / ("=" + name)));
  stage->say(1);
  CHECK(maker.ended() == 0);
}

TEST_CASE("a section of a file is opened by others with their own right to the file",
          "[users][ACL-08]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = global("file");
  const auto path = runtime() / support::unique_name("shown");
  shared<stages> stage;
  {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    REQUIRE(fd >= 0);
    REQUIRE(::ftruncate(fd, 4096) == 0);
    REQUIRE(::fchown(fd, alice, alice) == 0);
    ::close(fd);
  }
  forked maker(as_user(alice, [&] {
    const auto made =
        section::from_file(path, {.name = name, .size = 4096, .permissions = everyone});
    stage->say(0);
    stage->wait_for(1);
    return 0;
  }));
  REQUIRE(stage->comes(0));
  const auto bob_opens = [&] {
    return in_child(as_user(bob, [&] {
      std::error_code ec;
      const auto read = section::open({.name = name, .access = isthmus::access::read}, ec);
      return ec == errc::access_denied ? 1 : ec ? 2 : 0;
    }));
  };
  CHECK(bob_opens() == 1);
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  CHECK(bob_opens() == 0);
  stage->say(1);
  CHECK(maker.ended() == 0);
  std::filesystem::remove(path);
}
