// SPDX-License-Identifier: MIT
//
// Owners of other users: that they live, and that they have died.
#include "other_user.hpp"
#include "runtime.hpp"
#include "seams.hpp"

#include "support/errors.hpp"
#include "support/names.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/isthmus.hpp>

#include "posix/owners/record_lock.hpp"
#include "posix/system/sleep.hpp"
#include "posix/words/layout.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::mutex;
using isthmus::semaphore;
using isthmus::wait_status;

namespace {

/// An owner, then a waiter of another user; the owner is killed.
void owner_dies(uid_t owner, uid_t waiter, const isthmus::permissions& who) {
  const auto name = global("owner");
  shared<stages> stage;
  forked first(as_user(owner, [&] {
    const auto guard = mutex::create({.name = name, .initially_owned = true, .permissions = who});
    stage->say(0);
    stage->wait_for(7);
    return 0;
  }));
  REQUIRE(stage->comes(0));
  forked second(as_user(waiter, [&] {
    auto guard = mutex::open({.name = name});
    if (guard.try_lock() || guard.try_lock_for(300ms)) return 1;  // its owner lives
    stage->say(1);
    const auto start = support::clock::now();
    if (guard.wait_for(support::patience()) != wait_status::abandoned) return 2;
    if (support::clock::now() - start > support::scaled(5s)) return 3;
    const auto last = guard.last_owner();
    return last && last->process_id == static_cast<std::uint32_t>(first.id()) ? 0 : 4;
  }));
  REQUIRE(stage->comes(1));
  std::this_thread::sleep_for(support::moment);
  first.kill();
  CHECK(second.ended() == 0);
}

}  // namespace

TEST_CASE("a waiter of another user is told of an owner's death, and of nothing before",
          "[users][MTX-06][MTX-08][MTX-09]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  owner_dies(alice, bob, everyone);
  owner_dies(bob, alice, everyone);
  owner_dies(alice, 0, {});  // root may open what is private
  owner_dies(0, alice, everyone);
}

TEST_CASE("a private mutex that root has locked is not taken from it", "[users][MTX-03]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = global("root");
  shared<stages> stage;
  forked owner(as_user(alice, [&] {
    auto guard = mutex::create({.name = name});
    stage->say(0);
    stage->wait_for(1);
    if (guard.try_lock_for(400ms)) return 1;
    stage->say(2);
    return guard.wait_for(support::patience()) == wait_status::abandoned ? 0 : 2;
  }));
  REQUIRE(stage->comes(0));
  forked root([&] {
    auto guard = mutex::open({.name = name});
    if (!guard.try_lock_for(support::patience())) return 9;
    stage->say(1);
    stage->wait_for(2);
    return 0;
  });
  CHECK(owner.ended() == 0);
  CHECK(root.ended() == 0);
}

TEST_CASE("a mutex that nobody waits for stays abandoned for whoever comes, of any user",
          "[users][MTX-10]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = global("later");
  shared<stages> stage;
  forked holder(as_user(carol, [&] {
    const auto guard = mutex::create({.name = name, .permissions = everyone});
    stage->say(0);
    stage->wait_for(1);
    return 0;
  }));
  REQUIRE(stage->comes(0));
  for (const bool swept : {false, true}) {
    // By the end of a thread, and of a process.
    REQUIRE(in_child(as_user(alice, [&] {
              auto guard = mutex::open({.name = name});
              if (!guard.try_lock_for(support::patience())) return 9;
              return 0;
            })) == 0);
    // Nothing is left of alice's processes but the word.
    if (swept)
      REQUIRE(in_child(as_user(alice, [&] {
                const bool records = isthmus::clean(isthmus::scope::global).records > 0;
                return records == isthmus::detail::portable_engine ? 0 : 1;
              })) == 0);
    CHECK(in_child(as_user(bob, [&] {
            auto guard = mutex::open({.name = name});
            if (guard.wait_for(0s) != wait_status::abandoned) return 1;
            guard.unlock();
            return guard.wait_for(0s) == wait_status::signaled ? 0 : 2;
          })) == 0);
  }
  stage->say(1);
  CHECK(holder.ended() == 0);
}

TEST_CASE("a process that changes its user after a fork owns what it locks", "[users][MTX-17]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  const auto name = global("server");
  shared<stages> stage;
  forked server([&] {
    auto guard = mutex::create({.name = name, .permissions = everyone});
    if (!guard.try_lock_for(support::patience())) return 9;  // so that there is a record already
    guard.unlock();
    forked worker(as_user(bob, [&] {
      if (!guard.try_lock_for(support::patience())) return 9;
      stage->say(0);
      stage->wait_for(7);
      return 0;
    }));
    stage->wait_for(1);
    worker.kill();
    stage->wait_for(2);
    return 0;
  });
  REQUIRE(stage->comes(0));
  CHECK(in_child(as_user(alice, [&] {
          auto guard = mutex::open({.name = name});
          if (guard.try_lock_for(400ms)) return 1;
          stage->say(1);
          return guard.wait_for(support::patience()) == wait_status::abandoned ? 0 : 2;
        })) == 0);
  stage->say(2);
  CHECK(server.ended() == 0);
}

TEST_CASE("a wait for all that another user's process died in has taken all or nothing",
          "[users][WAIT-07]") {
  if (!plays_users()) SKIP("only root can play other users");
  const open_runtime for_others;
  struct death {
    step where;
    bool taken;
  };
  for (const death& end :
       {death{step::all_one_reserved, false}, death{step::all_before_decision, false},
        death{step::all_decided, true}, death{step::all_one_taken, true}}) {
    INFO(name_of(end.where));
    const auto stem = global("all");
    shared<stages> stage;
    forked holder(as_user(carol, [&] {
      const auto guard = mutex::create({.name = stem + "m", .permissions = everyone});
      const auto permits =
          semaphore::create({.name = stem + "s", .initial = 1, .permissions = everyone});
      const auto signal =
          event::create({.name = stem + "e", .initially_set = true, .permissions = everyone});
      stage->say(0);
      stage->wait_for(1);
      return 0;
    }));
    REQUIRE(stage->comes(0));
    CHECK(in_child(as_user(alice, [&] {
            auto guard = mutex::open({.name = stem + "m"});
            auto permits = semaphore::open({.name = stem + "s"});
            auto signal = event::open({.name = stem + "e"});
            signal_at(end.where, SIGKILL);
            (void)isthmus::wait_all({guard, permits, signal});
            return 0;
          })) == 128 + SIGKILL);
    CHECK(in_child(as_user(bob, [&] {
            auto guard = mutex::open({.name = stem + "m"});
            auto permits = semaphore::open({.name = stem + "s"});
            auto signal = event::open({.name = stem + "e"});
            const auto limit = support::scaled(2s);
            const auto owner = guard.wait_for(limit);
            if (owner != (end.taken ? wait_status::abandoned : wait_status::signaled)) return 1;
            if (permits.try_acquire_for(end.taken ? 200ms : limit) == end.taken) return 2;
            const auto seen = signal.wait_for(end.taken ? 200ms : limit);
            return (seen == wait_status::signaled) != end.taken ? 0 : 3;
          })) == 0);
    stage->say(1);
    CHECK(holder.ended() == 0);
  }
}
