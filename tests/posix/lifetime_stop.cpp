// SPDX-License-Identifier: MIT
//
// A process that is stopped in the middle of an operation on one name.
#include "forked.hpp"
#include "runtime.hpp"
#include "seams.hpp"
#include "stale.hpp"

#include "posix/names/lifetime.hpp"
#include "posix/names/turn.hpp"

#include "support/names.hpp"
#include "support/sections.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

using namespace white;
using namespace std::chrono_literals;

namespace {

using isthmus::section;
using support::of;

enum class operation {
  create,
  open_stale,
  create_on_stale,
  open_live,
  close_last,
  close_opened,
  close_read_only,
};

struct stopped_at {
  operation what;
  step where;
  bool may_be_busy = false;
};

/// Another process makes the object, opens it for us, so to say, and goes.
section opened_only(const std::string& name) {
  shared<std::array<std::atomic<bool>, 2>> flags;
  forked maker([&] {
    const auto made = section::create(of(name));
    (*flags)[0] = true;
    await([&] { return (*flags)[1].load(); });
    return 0;
  });
  await([&] { return (*flags)[0].load(); });
  section object = section::open({.name = name});
  (*flags)[1] = true;
  (void)maker.ended();
  return object;
}

/// Stops at `where` while it does `what`.
int stop_in(const stopped_at& play, const std::string& name) {
  section object;
  if (play.what == operation::close_last) object = section::create(of(name));
  if (play.what == operation::close_read_only) {
    const auto made = section::create(of(name));
    object = section::open({.name = name, .access = isthmus::access::read});
  }
  if (play.what == operation::close_opened) object = opened_only(name);
  signal_at(play.where, SIGSTOP);
  switch (play.what) {
    case operation::create:
    case operation::create_on_stale:
      object = section::open_or_create(of(name));
      break;
    case operation::open_stale:
    case operation::open_live: {
      std::error_code ec;
      object = section::open({.name = name}, ec);
      break;
    }
    case operation::close_last:
    case operation::close_opened:
    case operation::close_read_only:
      object.close();
      break;
  }
  return 0;
}

/// Where an object is prepared, nobody else is concerned. At any other step a process has a turn at
/// the name, where names have turns.
bool in_turn(step where) {
  switch (where) {
    case step::create_file_made:
    case step::create_space_taken:
    case step::create_header_written:
    case step::create_bytes_named:
    case step::create_bytes_made:
    case step::create_locked:
      return false;
    default:
      return isthmus::detail::turn_count != 0;
  }
}

/// Whether two names wait for each other's turns.
bool share_turn(const std::string& one, const std::string& other) {
  using isthmus::detail::turn_of;
  return isthmus::detail::turn_count != 0 &&
         turn_of(("=" + one).c_str()) == turn_of(("=" + other).c_str());
}

/// A name that does, or does not, share the turn of this one.
std::string other_name(const std::string& one, bool shares) {
  for (;;)
    if (auto other = support::unique_name("other"); share_turn(one, other) == shares) return other;
}

const std::vector<stopped_at> scenes_of_apart{
    {operation::create, step::turn_taken},
    {operation::create, step::create_bytes_named},
    {operation::create, step::create_bytes_made},
    {operation::open_stale, step::close_bytes_removed},
    {operation::close_last, step::turn_taken},
    {operation::close_last, step::close_bytes_removed},
};

const std::vector<stopped_at> scenes_of_all{
    {operation::create, step::create_file_made},
    {operation::create, step::create_space_taken},
    {operation::create, step::create_header_written},
    {operation::create, step::create_locked},
    {operation::create, step::create_published},
    {operation::open_live, step::open_file_opened},
    {operation::open_live, step::open_lock_asked},
    {operation::open_live, step::open_locked},
    {operation::open_live, step::open_checked},
    {operation::open_stale, step::open_file_opened},
    {operation::open_stale, step::open_lock_asked},
    {operation::open_stale, step::open_stale_locked, true},
    {operation::open_stale, step::open_stale_checked, true},
    {operation::open_stale, step::open_stale_removed},
    {operation::create_on_stale, step::open_stale_locked, true},
    {operation::close_last, step::close_locked, true},
    {operation::close_last, step::close_checked, true},
    {operation::close_last, step::close_removed},
    {operation::close_opened, step::close_unlocked},
    {operation::close_opened, step::close_locked, true},
    {operation::close_opened, step::close_checked, true},
    {operation::close_opened, step::close_removed},
    {operation::close_read_only, step::close_unlocked},
    {operation::close_read_only, step::close_reopened},
    {operation::close_read_only, step::close_checked, true},
};

/// How long the same name may keep somebody: 200 ms, and what a busy machine adds.
time_limit same_name_limit() { return 200ms + support::scaled(2s); }

/// What a call on the stopped process's name came to, for the exit code of a child.
template <class Call>
int timed(Call call) {
  std::error_code ec;
  const auto start = support::clock::now();
  call(ec);
  if (support::clock::now() - start > same_name_limit()) return 3;
  if (!ec || ec == isthmus::errc::not_found || ec == isthmus::errc::already_exists) return 0;
  return ec == isthmus::errc::busy ? 1 : 2;
}

}  // namespace

TEST_CASE("a process stopped anywhere holds up its own name briefly and other names never",
          "[lifetime][LIFE-03]") {
  auto scenes = scenes_of_all;
  if (isthmus::detail::bytes_apart)
    scenes.insert(scenes.end(), scenes_of_apart.begin(), scenes_of_apart.end());
  for (const stopped_at& play : scenes) {
    const auto name = support::unique_name("stop");
    const auto other = other_name(name, false);
    INFO(name_of(play.where) << " in operation " << static_cast<int>(play.what));
    const bool stale =
        play.what == operation::open_stale || play.what == operation::create_on_stale;
    if (stale) REQUIRE(leave_stale(name));
    shared<std::atomic<bool>> done;
    forked holder([&] {
      if (play.what != operation::open_live) return 0;
      const auto object = section::create(of(name));
      await([&] { return done->load(); });
      return 0;
    });
    if (play.what == operation::open_live)
      REQUIRE(support::eventually([&] { return std::filesystem::exists(anchor_of(name)); }));
    forked victim([&] { return stop_in(play, name); });
    REQUIRE(victim.stopped());

    CHECK(in_child(
              [&] {
                section::create(of(other)).close();
                const auto made = section::create(of(other));
                const auto opened = section::open({.name = other});
                return 0;
              },
              support::scaled(5s)) == 0);
    const int opened =
        in_child([&] { return timed([&](auto& ec) { (void)section::open({.name = name}, ec); }); });
    const int made =
        in_child([&] { return timed([&](auto& ec) { (void)section::create(of(name), ec); }); });
    const int either = in_child(
        [&] { return timed([&](auto& ec) { (void)section::open_or_create(of(name), ec); }); });
    for (const int code : {opened, made, either})
      CHECK(code == (play.may_be_busy || in_turn(play.where) ? 1 : 0));

    victim.signal(SIGCONT);
    CHECK(victim.ended() == 0);
    *done = true;
    CHECK(holder.ended() == 0);
    CHECK(in_child([&] {
            const auto again = section::create(of(name));
            return 0;
          }) == 0);
    CHECK_FALSE(std::filesystem::exists(anchor_of(name)));
    CHECK(orphans().empty());
  }
}

TEST_CASE(
    "names that share a stopped process's turn are told within the same limit that they are busy",
    "[lifetime][LIFE-03]") {
  if (isthmus::detail::turn_count == 0) SKIP("no name waits for another's turn in this build");
  const auto name = support::unique_name("stop");
  const auto other = other_name(name, true);
  forked victim([&] { return stop_in({operation::open_stale, step::turn_taken}, name); });
  REQUIRE(victim.stopped());
  CHECK(in_child([&] {
          return timed([&](auto& ec) { (void)section::open({.name = other}, ec); });
        }) == 1);
  CHECK(in_child([&] { return timed([&](auto& ec) { (void)section::create(of(other), ec); }); }) ==
        1);
  victim.kill();
  CHECK(in_child([&] { return timed([&](auto& ec) { (void)section::create(of(other), ec); }); }) ==
        0);
  CHECK(anchors().empty());
  CHECK(orphans().empty());
}

TEST_CASE("who closes while somebody stopped has the turn goes, and what it leaves is dead",
          "[lifetime][LIFE-03]") {
  if (isthmus::detail::turn_count == 0) SKIP("no name waits for another's turn in this build");
  const auto name = support::unique_name("stop");
  shared<std::array<std::atomic<bool>, 3>> flags;
  forked holder([&] {
    auto object = section::create(of(name));
    (*flags)[0] = true;
    await([&] { return (*flags)[1].load(); });
    const auto start = support::clock::now();
    object.close();
    if (support::clock::now() - start > same_name_limit()) return 1;
    (*flags)[2] = true;
    await([] { return false; });
    return 0;
  });
  REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
  forked victim([&] { return stop_in({operation::open_live, step::turn_taken}, name); });
  REQUIRE(victim.stopped());
  (*flags)[1] = true;
  REQUIRE(support::eventually([&] { return (*flags)[2].load(); }));
  victim.kill();
  CHECK(in_child([&] {
          return timed([&](auto& ec) {
            (void)section::open({.name = name}, ec);
            if (!ec) ec = make_error_code(isthmus::errc::damaged);  // it was dead
          });
        }) == 0);
  CHECK_FALSE(std::filesystem::exists(anchor_of(name)));
  CHECK(orphans().empty());
}

TEST_CASE("a busy name says so in words and is free once the stopped process is gone",
          "[lifetime][LIFE-03]") {
  const auto name = support::unique_name("busy");
  forked victim([&] { return stop_in({operation::close_last, step::close_locked}, name); });
  REQUIRE(victim.stopped());
  CHECK(in_child([&] {
          try {
            (void)section::open({.name = name});
          } catch (const isthmus::error& problem) {
            const std::string text = problem.what();
            return problem.code() == isthmus::errc::busy && text.find(name) != std::string::npos &&
                           text.find("stopped") != std::string::npos
                       ? 0
                       : 1;
          }
          return 2;
        }) == 0);
  victim.kill();
  CHECK(in_child([&] {
          const auto again = section::create(of(name));
          return 0;
        }) == 0);
}
