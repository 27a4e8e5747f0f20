// SPDX-License-Identifier: MIT
//
// A process that becomes another user: what it makes and opens afterwards is that user's, and those
// who use it find out when the process dies, and only then.
#include "other_user.hpp"
#include "recorded.hpp"
#include "runtime.hpp"

#include "posix/system/sleep.hpp"

#include "support/errors.hpp"
#include "support/sections.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>

#include <grp.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace white;
using isthmus::errc;
using isthmus::mutex;
using isthmus::section;
using isthmus::wait_status;
using support::of;

namespace {

#define NEED(...) \
  if (!(__VA_ARGS__)) return __LINE__ % 90 + 1

/// The ways in which a process becomes somebody else.
enum class change { for_good, for_now };

bool become(uid_t user, change how) {
  if (how == change::for_now) return ::setegid(user) == 0 && ::seteuid(user) == 0;
  return ::setgroups(0, nullptr) == 0 && ::setgid(user) == 0 && ::setuid(user) == 0;
}

/// Uses the library as root: this process has a session, a record and tokens there.
bool be_at_home() {
  auto guard = mutex::create({.name = "home"});
  return guard.wait_for(support::patience()) == wait_status::signaled && (guard.unlock(), true);
}

/// Whether a process of alice's, which has been nobody else, can lock the mutex.
wait_status tried_by_alice(const std::string& name) {
  shared<std::atomic<int>> answer;
  (void)in_child(as_user(alice, [&] {
    auto guard = mutex::open({.name = name});
    *answer = static_cast<int>(guard.wait_for(200ms));
    return 0;
  }));
  return static_cast<wait_status>(answer->load());
}

}  // namespace

TEST_CASE("what is made after a change of user is in the new user's session", "[change_of_user]") {
  if (!plays_users()) SKIP("only root can become others");
  const open_runtime open;
  for (const change how : {change::for_good, change::for_now}) {
    shared<stages> told;
    forked changed([&] {
      const auto before = section::create(of("before"));
      NEED(be_at_home());
      NEED(become(alice, how));
      const auto after = section::create(of("after"));
      NEED(after.creator().user == std::to_string(alice));
      std::error_code ec;
      NEED(!section::open({.name = "before"}, ec) && ec == errc::not_found);
      const auto same = section::create(of("before"));  // another name space
      NEED(same.created() && before.size() != 0);
      told->say(0);
      told->wait_for(1);
      return 0;
    });
    REQUIRE(told->comes(0));
    CHECK(in_child(as_user(alice, [] { return section::open({.name = "after"}) ? 0 : 1; })) == 0);
    told->say(1);
    CHECK(changed.ended() == 0);
  }
}

TEST_CASE("a mutex that is locked after a change of user is its owner's until it dies",
          "[change_of_user]") {
  if (!plays_users()) SKIP("only root can become others");
  const open_runtime open;
  for (const change how : {change::for_good, change::for_now})
    for (const bool used_before : {false, true})
      for (const bool by_fork : {false, true}) {
        INFO(static_cast<int>(how) << used_before << by_fork);
        shared<stages> told;
        const auto own = [&] {
          NEED(become(alice, how));
          auto guard = mutex::create({.name = "changed"});
          NEED(guard.wait_for(support::patience()) == wait_status::signaled);
          NEED(guard.wait_for(support::patience()) == wait_status::signaled);
          guard.unlock();
          guard.unlock();
          NEED(guard.wait_for(support::patience()) == wait_status::signaled);
          told->say(0);
          told->wait_for(1);
          guard.unlock();
          NEED(support::in_thread([&] { return guard.try_lock(); }));  // and its thread ends
          told->say(2);
          told->wait_for(3);
          NEED(guard.wait_for(support::patience()) == wait_status::abandoned);
          told->say(4);
          told->wait_for(5);
          return 0;
        };
        forked owner([&] {
          if (used_before) NEED(be_at_home());
          return by_fork ? in_child(own) : own();
        });
        REQUIRE(told->comes(0));
        CHECK(tried_by_alice("changed") == wait_status::timeout);
        told->say(1);
        REQUIRE(told->comes(2));
        told->say(3);
        REQUIRE(told->comes(4));
        CHECK(tried_by_alice("changed") == wait_status::timeout);
        forked keeper(as_user(alice, [&] {
          auto guard = mutex::open({.name = "changed"});
          told->say(6);
          return guard.wait_for(support::scaled(10s)) == wait_status::abandoned ? 0 : 1;
        }));
        REQUIRE(told->comes(6));
        if (by_fork) {
          told->say(5);  // its end in order abandons it as well
        } else {
          owner.kill();
        }
        CHECK(keeper.ended() == 0);
      }
}

TEST_CASE("objects that were opened before a change of user stay usable and stay owned",
          "[change_of_user]") {
  if (!plays_users()) SKIP("only root can become others");
  const open_runtime open;
  shared<stages> told;
  forked changed([&] {
    auto guard = mutex::create({.name = "root's"});
    auto other = mutex::create({.name = "root's other"});
    NEED(guard.try_lock_for(support::patience()));
    guard.unlock();
    NEED(become(alice, change::for_now));
    NEED(guard.try_lock_for(support::patience()));
    NEED(other.try_lock_for(support::patience()));
    told->say(0);
    told->wait_for(1);
    other.unlock();
    guard.unlock();
    told->say(2);
    told->wait_for(3);
    NEED(!guard.try_lock());  // a root process has it, and lives, as far as can be seen from here
    NEED(become(0, change::for_now));
    NEED(!guard.try_lock());
    told->say(4);
    return guard.try_lock_for(support::scaled(10s)) ? 0 : 1;
  });
  REQUIRE(told->comes(0));
  CHECK(in_child([] {
          auto guard = mutex::open({.name = "root's"});
          return guard.try_lock() ? 1 : 0;
        }) == 0);
  told->say(1);
  REQUIRE(told->comes(2));
  forked root([&] {
    auto guard = mutex::open({.name = "root's"});
    NEED(guard.try_lock());
    told->say(3);
    told->wait_for(4);
    guard.unlock();
    return 0;
  });
  CHECK(root.ended() == 0);
  CHECK(changed.ended() == 0);
}

TEST_CASE("who was another user first makes its own objects where others of its user find them",
          "[change_of_user]") {
  if (!plays_users()) SKIP("only root can become others");
  const open_runtime open;
  shared<stages> told;
  forked changed([&] {
    NEED(become(alice, change::for_now));
    const auto hers = mutex::create({.name = "hers first"});
    NEED(become(0, change::for_now));
    auto guard = mutex::create({.name = "root's then"});
    NEED(guard.created() && guard.try_lock());
    told->say(0);
    told->wait_for(1);
    return 0;
  });
  REQUIRE(told->comes(0));
  CHECK(in_child([] {
          auto guard = mutex::open_or_create({.name = "root's then"});
          NEED(!guard.created() && !guard.try_lock());
          std::error_code ec;
          NEED(!mutex::open({.name = "hers first"}, ec) && ec == errc::not_found);
          return 0;
        }) == 0);
  CHECK(in_child(as_user(alice, [] {
          NEED(!mutex::open_or_create({.name = "hers first"}).created());
          return 0;
        })) == 0);
  told->say(1);
  CHECK(changed.ended() == 0);
}

TEST_CASE("a mutex of a session that a thread cannot be known in is refused, with the reason",
          "[change_of_user]") {
  if (!plays_users()) SKIP("only root can become others");
  const open_runtime open;
  CHECK(in_child([] {
          const auto home = be_at_home();
          auto guard = mutex::create({.name = "inherited"});
          return home ? in_child([&] {
            NEED(become(alice, change::for_good));
            const auto problem = support::thrown_by([&] { (void)lock_with_record(guard); });
            NEED(problem.code == errc::access_denied);
            NEED(problem.text.find("user 0") != std::string::npos);
            NEED(problem.text.find(text_of(alice)) != std::string::npos);
            return 0;
          })
                      : 1;
        }) == 0);
}

TEST_CASE(
    "waits and timers work after a change of user, and waits for all of several users' objects",
    "[change_of_user]") {
  if (!plays_users()) SKIP("only root can become others");
  const open_runtime open;
  CHECK(in_child([] {
          NEED(be_at_home());
          auto old = mutex::create({.name = "old"});
          NEED(become(alice, change::for_now));
          auto guard = mutex::create({.name = "all"});
          auto set = isthmus::event::create(
              {.name = "set", .mode = isthmus::reset_mode::manual, .initially_set = true});
          auto timer = isthmus::timer::create({.name = "timer"});
          timer.arm(1ms);
          NEED(timer.wait_for(support::scaled(10s)) == wait_status::signaled);
          NEED(isthmus::wait_all({guard, set}).status == wait_status::signaled);
          guard.unlock();
          NEED(isthmus::wait_any({old, guard}).status == wait_status::signaled);
          old.unlock();
          if (!isthmus::detail::portable_engine) {
            NEED(isthmus::wait_all({old, guard}).status == wait_status::signaled);
            old.unlock();
            guard.unlock();
          }
          return support::in_thread([&] {
            own_with_records();
            const auto problem = support::thrown_by([&] { (void)isthmus::wait_all({old, guard}); });
            return problem.code == errc::not_supported ? 0 : 1;
          });
        }) == 0);
}

TEST_CASE("a server that acts for many users keeps no directory open that it does not need",
          "[change_of_user]") {
  if (!plays_users()) SKIP("only root can become others");
  const open_runtime open;
  CHECK(in_child([] {
          const auto open_files = [] {
            return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
          };
          const auto serve = [](uid_t user) {
            return become(user, change::for_now) && section::create(of("request")).created() &&
                   ::seteuid(0) == 0 && ::setegid(0) == 0;
          };
          NEED(serve(first_user + 10));
          const auto before = open_files();
          for (uid_t user = first_user + 11; user < first_user + 40; ++user) NEED(serve(user));
          return open_files() <= before + 4 ? 0 : 90;
        }) == 0);
}
