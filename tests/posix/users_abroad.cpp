// SPDX-License-Identifier: MIT
//
// Global objects that are used from two user namespaces, in which a number means different users.
#include "other_user.hpp"
#include "recorded.hpp"
#include "runtime.hpp"

#include "posix/system/sleep.hpp"

#include "support/errors.hpp"

#include <isthmus/inspect.hpp>
#include <isthmus/isthmus.hpp>

#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <string>
#include <variant>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::errc;
using isthmus::event;
using isthmus::mutex;
using isthmus::section;
using isthmus::semaphore;
using isthmus::timer;
using isthmus::wait_status;

namespace {

/// Goes to another user namespace, in which root is root.
bool go_abroad() {
  if (::unshare(CLONE_NEWUSER) != 0) return false;
  const int fd = ::open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
  const bool mapped = fd >= 0 && ::write(fd, "0 0 1", 5) == 5;
  ::close(fd);
  return mapped;
}
bool can_go_abroad() {
  return in_child([] { return go_abroad() ? 0 : 1; }) == 0;
}

/// An object of each kind of a process that stayed. What it has open, its children would not open
/// anew.
class at_home {
 public:
  at_home() { REQUIRE(stage_->comes(0)); }
  ~at_home() {
    stage_->say(1);
    (void)holder_.ended();
  }
  at_home(const at_home&) = delete;
  at_home& operator=(const at_home&) = delete;

  const std::string guard = global("guard");
  const std::string gate = global("gate");
  const std::string tokens = global("tokens");
  const std::string clock = global("clock");

 private:
  shared<stages> stage_;
  forked holder_{[this] {
    const auto made = mutex::create({.name = guard, .permissions = everyone});
    const auto other = event::create({.name = gate, .permissions = everyone});
    const auto third = semaphore::create({.name = tokens, .permissions = everyone});
    const auto fourth = timer::create({.name = clock, .permissions = everyone});
    stage_->say(0);
    stage_->wait_for(1);
    return 0;
  }};
};

/// A child there.
forked abroad(const std::function<int()>& work) {
  return forked([&work] { return go_abroad() ? work() : 96; });
}

/// `owner` locks the mutex, says 0 and waits for 1, which never comes. Who looks at it from the
/// other side, for longer than the second after which a waiter asks for more, finds that it lives;
/// and that it has been killed.
int sees_owner_die(const std::string& name, stages& stage) {
  auto guard = mutex::open({.name = name});
  stage.wait_for(0);
  if (guard.wait_for(2500ms) != wait_status::timeout) return 1;
  const auto seen = isthmus::inspect(name);
  if (std::get<isthmus::mutex_report>(seen.state).use != isthmus::mutex_use::owned) return 3;
  stage.say(2);
  return guard.wait_for(support::scaled(5s)) == wait_status::abandoned ? 0 : 2;
}
int owns(const std::string& name, stages& stage) {
  auto guard = mutex::open({.name = name});
  if (!guard.try_lock()) return 1;
  stage.say(0);
  stage.wait_for(1);
  return 0;
}

}  // namespace

TEST_CASE("between user namespaces sections are shared", "[users][namespaces]") {
  if (!plays_users()) SKIP("only root can play other users");
  if (!can_go_abroad()) SKIP("no user namespaces here");
  const open_runtime for_others;
  const auto name = global("abroad");
  shared<stages> stage;
  forked holder([&] {
    const auto memory = section::create({.name = name, .size = 4096, .permissions = everyone});
    stage->say(0);
    stage->wait_for(1);
    return 0;
  });
  REQUIRE(stage->comes(0));
  CHECK(abroad([&] { return section::open({.name = name}).size() == 4096 ? 0 : 1; }).ended() == 0);
  stage->say(1);
  CHECK(holder.ended() == 0);
}

TEST_CASE("an owner in another user namespace lives, and its death is told, either way",
          "[users][namespaces][MTX-06][MTX-08]") {
  if (isthmus::detail::portable_engine) SKIP("only lists tell of deaths between user namespaces");
  if (!plays_users()) SKIP("only root can play other users");
  if (!can_go_abroad()) SKIP("no user namespaces here");
  const open_runtime for_others;
  const at_home made;
  for (const bool owner_is_abroad : {true, false}) {
    CAPTURE(owner_is_abroad);
    shared<stages> stage;
    const std::function<int()> own = [&] { return owns(made.guard, *stage); };
    const std::function<int()> see = [&] { return sees_owner_die(made.guard, *stage); };
    forked owner = owner_is_abroad ? abroad(own) : forked(own);
    forked other = owner_is_abroad ? forked(see) : abroad(see);
    CHECK(stage->comes(2));
    owner.kill();
    CHECK(other.ended() == 0);
  }
}

TEST_CASE("objects of all kinds work between user namespaces, in waits for all, too",
          "[users][namespaces][WAIT-07]") {
  if (isthmus::detail::portable_engine) SKIP("only lists tell of deaths between user namespaces");
  if (!plays_users()) SKIP("only root can play other users");
  if (!can_go_abroad()) SKIP("no user namespaces here");
  const open_runtime for_others;
  const at_home made;
  shared<stages> stage;
  forked waiter = abroad([&] {
    auto its_guard = mutex::open({.name = made.guard});
    auto its_gate = event::open({.name = made.gate});
    auto its_tokens = semaphore::open({.name = made.tokens});
    auto its_clock = timer::open({.name = made.clock});
    its_clock.arm(1ms);
    stage->say(0);
    if (isthmus::wait_all_for({its_guard, its_gate, its_tokens, its_clock}, support::patience())
            .status != wait_status::signaled)
      return 1;
    its_guard.unlock();
    its_gate.set();
    return 0;
  });
  REQUIRE(stage->comes(0));
  auto guard = mutex::open({.name = made.guard});
  auto gate = event::open({.name = made.gate});
  auto tokens = semaphore::open({.name = made.tokens});
  auto clock = timer::open({.name = made.clock});
  gate.set();
  tokens.release();
  CHECK(waiter.ended() == 0);
  CHECK_FALSE(tokens.try_acquire());
  clock.arm(1ms);
  CHECK(isthmus::wait_all_for({guard, gate, clock}, support::patience()).status ==
        wait_status::signaled);
  guard.unlock();
}

TEST_CASE("an owner whose record cannot be found from another user namespace lives there",
          "[users][namespaces][MTX-06]") {
  if (isthmus::detail::portable_engine) SKIP("only lists may own between user namespaces");
  if (!plays_users()) SKIP("only root can play other users");
  if (!can_go_abroad()) SKIP("no user namespaces here");
  const open_runtime for_others;
  const at_home made;
  shared<stages> stage;
  // alice has no number there, so her record belongs to nobody who is known.
  forked owner(as_user(alice, [&] {
    own_with_records();
    return owns(made.guard, *stage);
  }));
  REQUIRE(stage->comes(0));
  CHECK(abroad([&] {
          auto guard = mutex::open({.name = made.guard});
          const auto seen = isthmus::inspect(made.guard);
          if (std::get<isthmus::mutex_report>(seen.state).use != isthmus::mutex_use::owned)
            return 1;
          return guard.wait_for(2500ms) == wait_status::timeout ? 0 : 2;
        }).ended() == 0);
  owner.kill();
  auto guard = mutex::open({.name = made.guard});
  CHECK(guard.wait_for(support::scaled(5s)) == wait_status::abandoned);
  guard.unlock();
}

TEST_CASE("who would own with a record is refused an object of another user namespace",
          "[users][namespaces]") {
  if (!plays_users()) SKIP("only root can play other users");
  if (!can_go_abroad()) SKIP("no user namespaces here");
  const open_runtime for_others;
  const at_home made;
  const auto code =
      abroad([&] {
        own_with_records();
        const auto problem = support::thrown_by([&] { (void)mutex::open({.name = made.guard}); });
        if (problem.code != errc::not_supported) return 1;
        return problem.text.find("another user namespace") != std::string::npos ? 0 : 2;
      }).ended();
  CHECK(code.value_or(-1) == 0);
}
