// SPDX-License-Identifier: MIT
//
// The many ways in which an owner can end, and who is told.
#include "crowd.hpp"
#include "forked.hpp"
#include "runtime.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "support/child.hpp"
#include "support/mutexes.hpp"
#include "support/names.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include "posix/system/sleep.hpp"

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::mutex;
using isthmus::wait_status;

namespace {

/// Ends as its first argument says, as the owner of the mutex that its second one names.
CHILD(ends_as_owner) {
  auto guard = mutex::open({.name = io.argument(1)});
  guard.lock();
  io.send("locked");
  io.receive();
  const std::string how = io.argument(0);
  if (how == "return") return 0;
  if (how == "exit") std::exit(0);
  if (how == "_exit") _exit(0);
  if (how == "quick_exit") std::quick_exit(0);
  if (how == "abort") std::abort();
  if (how == "exec") execl("/bin/sleep", "sleep", "60", nullptr);
  if (how == "exec in a thread")
    std::thread([] { execl("/bin/sleep", "sleep", "60", nullptr); }).join();
  return 1;
}

}  // namespace

TEST_CASE("an owner's end is told of however it ends", "[mutex][MTX-06][MTX-07]") {
  for (const char* const how :
       {"return", "exit", "_exit", "quick_exit", "abort", "exec", "exec in a thread"}) {
    INFO(how);
    auto guard = mutex::create({.name = support::unique_name("end")});
    support::child owner("ends_as_owner", {how, std::string(guard.name())});
    owner.expect("locked");
    CHECK_FALSE(guard.try_lock());
    owner.send("end");
    CHECK(guard.try_lock_for(support::scaled(3s)));
    CHECK(guard.abandoned());
    const auto last = guard.last_owner();
    REQUIRE(last);
    CHECK(last->process_id == owner.id());
    CHECK(last->program == support::program().filename().string());
    guard.unlock();
    CHECK(guard.try_lock());
    CHECK_FALSE(guard.abandoned());
  }
}

TEST_CASE("a dead owner whose record has been cleaned away is dead all the same",
          "[mutex][MTX-10]") {
  (void)isthmus::clean();  // of other tests
  auto guard = mutex::create({.name = support::unique_name("cleaned")});
  CHECK(in_child([&] {
          guard.lock();
          return 0;
        }) == 0);
  const auto cleaned = isthmus::clean();
  CHECK(support::lock_within(guard) == wait_status::abandoned);
  if (isthmus::detail::portable_engine) {
    CHECK(cleaned.records >= 1);
    CHECK_FALSE(guard.last_owner());
  } else {  // the object itself tells of its owners
    CHECK(cleaned.records == 0);
    CHECK(guard.last_owner());
  }
  guard.unlock();
}

TEST_CASE("a death is noticed although no descriptor is left to look with", "[mutex][MTX-06]") {
  if (isthmus::detail::portable_engine)
    SKIP("the portable engine asks a process's lock, and needs a descriptor for that");
  auto guard = mutex::create();
  shared<std::atomic<bool>> locked;
  forked owner([&] {
    guard.lock();
    *locked = true;
    ::sleep(60);
    return 0;
  });
  REQUIRE(support::eventually([&] { return locked->load(); }));
  shared<std::atomic<int>> sleeps;
  forked waiter([&] {
    if (guard.try_lock_for(1ms)) return 1;  // now it knows the owner's record
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_NOFILE, &none);
    count_sleeps(*sleeps);
    return guard.try_lock_for(support::patience()) && guard.abandoned() ? 0 : 2;
  });
  // Between its first sleep and its second it has looked at the process.
  REQUIRE(support::eventually([&] { return *sleeps >= 2; }));
  owner.kill();
  CHECK(waiter.ended() == 0);
}

TEST_CASE("the depth of a mutex has a limit, and unlocking works there", "[mutex][MTX-14]") {
  auto guard = mutex::create();
  guard.lock();
  const page_of page(guard);
  page.line().depth = 0x7FFFFFFF;
  std::error_code ec;
  CHECK(guard.lock(ec) == wait_status::failed);
  CHECK(ec == isthmus::errc::limit_exceeded);
  CHECK_FALSE(guard.try_lock(ec));
  CHECK(ec == isthmus::errc::limit_exceeded);
  guard.unlock();
  CHECK(page.line().depth == 0x7FFFFFFE);
  CHECK(support::lock_within(guard) == wait_status::signaled);
  page.line().depth = 0;
  guard.unlock();
  CHECK(support::in_thread([&] { return guard.try_lock(); }));
}

TEST_CASE("a waiter whose time is up passes on a wake that came for it", "[mutex][MTX-12]") {
  struct scene {
    std::atomic<int> late_sleeps, other_sleeps;
    std::atomic<bool> woken, go_on;
  };
  constexpr auto limit = 80ms;  // so that much of the other's slice is left then
  auto guard = mutex::create();
  auto fastest = support::clock::duration::max();
  for (int round = 0, shown = 0; round < 50 && shown < 5; ++round) {
    guard.lock();
    shared<scene> play;
    forked late([&] {  // comes back from its only sleep when its time is up
      count_sleeps(play->late_sleeps);
      pause_at(step::wait_after_sleep, play->woken, play->go_on);
      return guard.try_lock_for(limit) ? 1 : 0;
    });
    REQUIRE(comes_to_wait(late, play->late_sleeps));
    const auto end = support::clock::now() + limit;
    forked other([&] {
      count_sleeps(play->other_sleeps);
      guard.lock();
      guard.unlock();
      return 0;
    });
    REQUIRE(comes_to_wait(other, play->other_sleeps));
    const bool too_late = !isthmus::detail::portable_engine && play->woken;
    guard.unlock();  // wakes the late one, which does not run yet
    const bool mine = guard.try_lock();
    REQUIRE(support::eventually([&] { return play->woken.load(); }));
    REQUIRE(support::eventually([&] { return support::clock::now() > end; }));
    play->go_on = true;
    REQUIRE(late.ended());
    if (mine && !too_late) {  // otherwise nothing is shown
      ++shown;
      fastest = std::min(fastest, support::time_of([&] {
                           guard.unlock();
                           CHECK(other.ended() == 0);
                         }));
    } else if (mine) {
      guard.unlock();
    }
    REQUIRE(other.ended() == 0);
  }
  // Without the passing on, the other sleeps to the end of its slice.
  CHECK(fastest < 100ms);
}
