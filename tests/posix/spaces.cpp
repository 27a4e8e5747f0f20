// SPDX-License-Identifier: MIT
//
// Deaths and lives across name spaces, where neither the kernel's mark nor a question tells of
// them.
#include "crowd.hpp"
#include "runtime.hpp"
#include "seams.hpp"
#include "secluded.hpp"
#include "states.hpp"

#include "posix/system/sleep.hpp"

#include "support/files.hpp"
#include "support/limits.hpp"
#include "support/mutexes.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <csignal>
#include <exception>
#include <thread>
#include <vector>

#include <sched.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::mutex;
using isthmus::wait_status;

namespace {

constexpr const char* owns_with_records = "this engine owns with records";

/// Moves this process's children to where the system began long before.
bool in_other_times() {
  constexpr int new_time = 0x80;  // CLONE_NEWTIME
  if (::unshare(new_time) != 0) return false;
  try {
    support::write_file("/proc/self/timens_offsets", "boottime 1000000 0");
  } catch (const std::exception&) {
    return false;
  }
  return true;
}

}  // namespace

TEST_CASE("an owner lives, whatever time those who wait for it believe in", "[owners][MTX-06]") {
  if (isthmus::detail::portable_engine) SKIP(owns_with_records);
  auto guard = mutex::create({.initially_owned = true});
  constexpr int forbidden = 99;
  const int code = in_child([&] {
    if (!in_other_times()) return forbidden;
    return in_child([&] { return guard.wait_for(3s) == wait_status::timeout ? 0 : 1; });
  });
  if (code == forbidden) SKIP("this user may not make name spaces of times");
  CHECK(code == 0);
  guard.unlock();
}

TEST_CASE("a waiter of signal_and_wait that died in another name space keeps no signal for long",
          "[wait][WAIT-17]") {
  if (!permitted()) SKIP("this user may not make name spaces of process ids");
  auto turn = event::create();
  auto ready = event::create();
  CHECK(secluded([&] {
          return in_child([&] {
            signal_at(step::wait_before_sleep, SIGKILL);
            (void)isthmus::signal_and_wait_for(turn, ready, support::patience());
            return 0;
          });
        }).ended() == 128 + SIGKILL);
  REQUIRE(page_of(ready).waiting() == 1);
  ready.set();
  CHECK(ready.wait_for(support::patience()) == wait_status::signaled);
}

TEST_CASE("one that is stopped there keeps it for a while, however many wait", "[wait][WAIT-17]") {
  if (isthmus::detail::portable_engine) SKIP(owns_with_records);
  if (!permitted()) SKIP("this user may not make name spaces of process ids");
  auto turn = event::create();
  auto ready = event::create();
  shared<std::atomic<bool>> over;
  forked elsewhere = secluded([&] {
    forked waiter([&] {
      signal_at(step::wait_before_sleep, SIGSTOP);
      return static_cast<int>(isthmus::signal_and_wait_for(turn, ready, support::patience()));
    });
    await([&] { return over->load(); });
    waiter.signal(SIGCONT);
    return waiter.ended().value_or(child_threw);
  });
  REQUIRE(page_of(ready).has_waiting(1));
  ready.set();
  std::atomic<int> taken = 0;
  std::vector<std::thread> crowd(12);
  for (auto& one : crowd)
    one = std::thread([&] {
      auto own = event::create();  // such waiters are counted as well
      if (isthmus::signal_and_wait_for(own, ready, 400ms) == wait_status::signaled) ++taken;
    });
  for (auto& one : crowd) one.join();
  CHECK(taken == 0);
  over->store(true);
  CHECK(elsewhere.ended() == static_cast<int>(wait_status::signaled));
}

TEST_CASE("where several name spaces meet, who becomes another program has ended as well",
          "[owners][MTX-06]") {
  if (isthmus::detail::portable_engine) SKIP(owns_with_records);
  auto guard = mutex::create();
  page_of(guard).line().several_spaces = 1;  // so there is a door
  shared<std::atomic<bool>> locked;
  forked owner([&] {
    // Not by the first thread, which the kernel would tell of.
    std::thread([&] {
      if (!guard.try_lock()) ::_exit(child_threw);
      locked->store(true);
      ::execl("/bin/sleep", "sleep", "60", nullptr);
      ::_exit(child_threw);
    }).join();
    return 0;
  });
  REQUIRE(support::eventually([&] { return locked->load(); }));
  CHECK(support::lock_within(guard) == wait_status::abandoned);
  guard.unlock();
  owner.kill();
}
