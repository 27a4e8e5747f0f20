// SPDX-License-Identifier: MIT
//
// Processes that do not see each other's numbers: two name spaces of process ids, in which
// different processes have equal ones.
#include "crowd.hpp"
#include "forked.hpp"
#include "led.hpp"
#include "runtime.hpp"
#include "secluded.hpp"
#include "states.hpp"

#include "posix/system/sleep.hpp"

#include "support/names.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <array>
#include <atomic>
#include <functional>
#include <system_error>

#include <sched.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;

TEST_CASE("an owner in another name space, with the same number, is told apart and its end noticed",
          "[namespaces][MTX-06][MTX-08]") {
  if (!permitted()) SKIP("this user may not make name spaces of process ids");
  const auto name = support::unique_name("spaces");
  shared<std::array<std::atomic<bool>, 4>> flags;
  const auto object = isthmus::mutex::create({.name = name});
  forked owner = secluded([&] {
    auto guard = isthmus::mutex::open({.name = name});
    (*flags)[0] = guard.try_lock_for(support::patience());
    await([&] { return (*flags)[1].load(); });
    return 0;  // as the owner
  });
  REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
  forked waiter = secluded([&] {
    auto guard = isthmus::mutex::open({.name = name});
    // The owner lives, whatever its number; after a second of no change a waiter asks for more.
    if (guard.try_lock_for(2500ms)) return 1;
    std::error_code ec;
    guard.unlock(ec);
    if (ec != isthmus::errc::not_owner) return 2;
    (*flags)[1] = true;
    if (!guard.try_lock_for(support::scaled(5s))) return 3;
    if (!guard.abandoned()) return 4;
    const auto last = guard.last_owner();
    if (!last || last->process_id != 1) return 5;  // as that process saw it itself
    guard.unlock();
    return 0;
  });
  CHECK(waiter.ended() == 0);
  CHECK(owner.ended() == 0);
}

TEST_CASE("names are held and given up across name spaces", "[namespaces][LIFE-03]") {
  if (!permitted()) SKIP("this user may not make name spaces of process ids");
  const auto name = support::unique_name("spaces");
  shared<std::array<std::atomic<bool>, 2>> flags;
  forked holder = secluded([&] {
    const auto made = isthmus::section::create({.name = name, .size = 4096});
    isthmus::view::map(made).as<int>() = 4711;
    (*flags)[0] = true;
    await([&] { return (*flags)[1].load(); });
    return 0;
  });
  REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
  CHECK(secluded([&] {
          std::error_code ec;
          (void)isthmus::section::create({.name = name, .size = 4096}, ec);
          if (ec != isthmus::errc::already_exists) return 1;
          (void)isthmus::clean();
          const auto found = isthmus::section::open({.name = name});
          return isthmus::const_view::map(found).as<int>() == 4711 ? 0 : 2;
        }).ended() == 0);
  (*flags)[1] = true;
  CHECK(holder.ended() == 0);
  CHECK(anchors().empty());
}

namespace {

/// One mutex, or two that are always taken together.
struct way_in {
  bool both;
  isthmus::mutex first = isthmus::mutex::create();
  isthmus::mutex second = isthmus::mutex::create();

  bool enter() {
    if (!both) return first.try_lock_for(support::patience());
    return isthmus::wait_all_for({first, second}, support::patience()).status !=
           isthmus::wait_status::timeout;
  }
  void leave() {
    first.unlock();
    if (both) second.unlock();
  }
};

/// Goes in and out without an end, and notes when it is inside.
int go_in_and_out(way_in& way, std::atomic<int>& inside) {
  for (;;) {
    if (!way.enter()) return 1;
    ++inside;
    for (int i = 0; i < 2000; ++i) std::atomic_signal_fence(std::memory_order_seq_cst);
    --inside;
    way.leave();
  }
}

/// Once, for what happens once only; and between two stops.
std::function<void()> twice(const std::function<void()>& enter) {
  return [enter] {
    enter();
    ::raise(SIGSTOP);
    enter();
    ::raise(SIGSTOP);
  };
}

/// The same by a door, since processes of two name spaces have come.
std::function<void()> work_by_the_door(isthmus::mutex& guard) {
  const auto enter = [&guard] {
    if (guard.try_lock_for(support::patience())) guard.unlock();
  };
  enter();
  REQUIRE(secluded([&] { return enter(), 0; }).ended() == 0);
  REQUIRE(page_of(guard).line().several_spaces != 0);
  return twice(enter);
}

}  // namespace

TEST_CASE(
    "one that is killed at any instruction takes nothing from one of the same number elsewhere",
    "[namespaces][owners][MTX-08]") {
  if (!permitted() || !may_lead())
    SKIP("this user may not make name spaces of process ids, or trace its children");
  way_in way{GENERATE(false, true)};
  CAPTURE(way.both);
  shared<std::array<std::atomic<int>, 3>> counts;
  auto& inside = (*counts)[0];
  auto& wrong = (*counts)[1];
  auto& kills = (*counts)[2];
  const auto long_enough = support::scaled(60s);
  // It must not be killed before the end: as one that died inside it would stay there.
  forked other = secluded([&] { return go_in_and_out(way, inside); }, 2 * long_enough);
  // Sees whether two are ever inside: it enters like any other, without a living owner's leave.
  forked observer([&] {
    for (;;) {
      if (!way.enter()) return 1;
      if (inside.load() != 0) ++wrong;
      way.leave();
      ::sched_yield();
    }
  });
  const auto work = twice([&] {
    if (way.enter()) way.leave();
  });
  // Each victim's number is 1, too, in a name space of its own. The way into two is longer.
  constexpr int most = 150;
  const int stride = way.both ? 22 : 2;
  forked killer([&] {
    for (int n = 0; n < most; ++n) {
      forked leader([&] {
        if (::unshare(CLONE_NEWPID) != 0 && !as_ordinary_user()) return 96;
        led victim(work);
        if (!victim.stops()) return 1;
        for (int i = 0; i < n * stride && victim.step(); ++i) {
        }
        victim.kill();
        return 0;
      });
      if (leader.ended() != 0) return 1;
      ++kills;
    }
    return 0;
  });
  CHECK(killer.ended(long_enough) == 0);
  CHECK(kills == most);
  CHECK_FALSE(other.ended(0ms));
  CHECK_FALSE(observer.ended(0ms));
  CHECK(wrong == 0);
}

TEST_CASE("one that is killed at any instruction, at the door as well, holds nobody up",
          "[namespaces][owners][MTX-08]") {
  if (isthmus::detail::portable_engine) SKIP("this engine owns with records, and has no door");
  if (!permitted() || !may_lead())
    SKIP("this user may not make name spaces of process ids, or trace its children");
  auto guard = isthmus::mutex::create();
  const auto work = work_by_the_door(guard);
  const int steps = instructions_of(work);
  REQUIRE(steps > 0);
  const int tried = at_each_of(steps, [&](int n) {
    CAPTURE(n);
    led victim(work);
    REQUIRE(victim.stops());
    for (int i = 0; i < n && victim.step(); ++i) {
    }
    victim.kill();
    REQUIRE(guard.try_lock_for(support::patience()));
    guard.unlock();
  });
  WARN("killed at " << tried << " of " << steps << " instructions");
}

TEST_CASE(
    "one that is stopped at any instruction, at the door as well, holds up nobody's time limit",
    "[namespaces][owners][WAIT-01]") {
  if (isthmus::detail::portable_engine) SKIP("this engine owns with records, and has no door");
  if (!permitted() || !may_lead())
    SKIP("this user may not make name spaces of process ids, or trace its children");
  auto guard = isthmus::mutex::create();
  const auto work = work_by_the_door(guard);
  const int steps = instructions_of(work);
  REQUIRE(steps > 0);
  for (int n = 0; n < steps; n += 1 + steps / (steps <= 2500 ? 60 : 15)) {
    CAPTURE(n);
    led victim(work);
    REQUIRE(victim.stops());
    for (int i = 0; i < n && victim.step(); ++i) {
    }
    constexpr auto limit = 20ms;
    CHECK(support::time_of([&] {
            if (guard.try_lock_for(limit)) guard.unlock();
          }) < limit + slack());
    victim.kill();
    REQUIRE(guard.try_lock_for(support::patience()));
    guard.unlock();
  }
}
