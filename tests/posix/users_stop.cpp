// SPDX-License-Identifier: MIT
//
// A process of another user that is stopped in the middle of an operation on a global name.
#include "other_user.hpp"
#include "runtime.hpp"
#include "seams.hpp"

#include "support/names.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/section.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <csignal>
#include <string>
#include <system_error>

using namespace white;
using namespace std::chrono_literals;
using isthmus::errc;
using isthmus::section;

namespace {

struct stopped_user {
  step where{};
  errc answer = errc{};  ///< to whoever wants to make the name meanwhile; none: it is made
};

constexpr std::array places_of_stops{
    stopped_user{step::folder_made},
    stopped_user{step::folder_named},
    stopped_user{step::create_published, errc::already_exists},
    stopped_user{step::close_locked, errc::busy},
    stopped_user{step::close_checked, errc::busy},
    stopped_user{step::folder_emptied},
    stopped_user{step::close_removed},
};

/// Makes a name of everyone's, and says how that went; soon, though another is stopped for ever.
int make(const std::string& name, errc answer) {
  std::error_code ec;
  const auto start = support::clock::now();
  const auto made = section::create({.name = name, .size = 4096, .permissions = everyone}, ec);
  if (support::clock::now() - start > support::scaled(5s)) return 1;
  if (answer == errc{}) return ec ? 2 : 0;
  return ec == answer ? 0 : 3;
}

}  // namespace

TEST_CASE("a user stopped anywhere holds up others at its own name only, and briefly",
          "[users][global][LIFE-03]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  for (const stopped_user& play : places_of_stops) {
    INFO(name_of(play.where));
    const auto name = global("stop");
    const auto other = global("other");
    forked victim(as_user(alice, [&] {
      signal_at(play.where, SIGSTOP);
      auto made = section::create({.name = name, .size = 4096, .permissions = everyone});
      made.close();
      return 0;
    }));
    REQUIRE(victim.stopped());
    CHECK(in_child(as_user(bob, [&] { return make(name, play.answer); })) == 0);
    CHECK(in_child(as_user(bob, [&] { return make(other, {}); })) == 0);
    CHECK(in_child(as_user(carol, [&] {
            (void)isthmus::clean(isthmus::scope::global);
            return make(name, play.answer);
          })) == 0);
    victim.signal(SIGCONT);
    CHECK(victim.ended() == 0);
    CHECK(in_child(as_user(bob, [&] { return make(name, {}); })) == 0);
    (void)isthmus::clean(isthmus::scope::global);
  }
}

TEST_CASE("what a creator leaves that was killed before its folder had a name is swept",
          "[users][global][LIFE-03]") {
  for (const step where : {step::folder_made, step::folder_named, step::folder_emptied}) {
    INFO(name_of(where));
    const auto name = global("left");
    CHECK(in_child([&] {
            signal_at(where, SIGKILL);
            section::create({.name = name, .size = 4096}).close();
            return 0;
          }) == 128 + SIGKILL);
    const auto left = [] {
      auto names = entries(runtime());
      std::erase_if(names, [](const auto& entry) {
        return !entry.starts_with("isthmus.") && !entry.starts_with("isthmus-t.");
      });
      return names.size();
    };
    CHECK(left() == 1);
    CHECK(in_child([] {
            (void)isthmus::clean(isthmus::scope::global);
            return 0;
          }) == 0);
    CHECK(left() == 0);
  }
}
