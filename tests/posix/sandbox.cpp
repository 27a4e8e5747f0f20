// SPDX-License-Identifier: MIT
//
// Kernels and sandboxes that refuse a system call: nothing spins, and nobody is taken for somebody
// else.
#include "denied.hpp"
#include "forked.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "posix/system/robust_list.hpp"
#include "posix/system/sleep.hpp"
#include "posix/words/owner_word.hpp"

#include "support/child.hpp"
#include "support/crowd.hpp"
#include "support/mutexes.hpp"
#include "support/names.hpp"
#include "support/threads.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/pipe_end.hpp>
#include <isthmus/process.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>
#include <system_error>

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::errc;
using isthmus::event;
using isthmus::mutex;
using isthmus::wait_status;

namespace {

constexpr auto some_time = 300ms;
/// A sleep takes 1 ms at least, but for the first few.
constexpr int most_sleeps = 1000;

/// How much of the processor this process has had.
std::chrono::nanoseconds used() {
  std::timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// A wait that times out, then one that is satisfied from elsewhere; 0 if neither of them spun.
template <class Wait>
int waits_in_peace(event& ready, Wait wait) {
  std::atomic<int> sleeps = 0;
  count_sleeps(sleeps);
  if (wait(some_time) != wait_status::timeout) return 1;
  if (sleeps == 0 || sleeps > most_sleeps) return 2;
  no_hook();
  support::worker other;
  auto set = other.start([&] { ready.set(); });
  if (wait(support::patience()) != wait_status::signaled) return 3;
  return support::ready(set) ? 0 : 4;
}

constexpr int wait_on_one = 9;  // FUTEX_WAIT_BITSET, of a word that processes share

}  // namespace

#ifdef SYS_futex_waitv
TEST_CASE("a wait for several objects does not spin where the kernel refuses to watch them all",
          "[sandbox][WAIT-05]") {
  for (const int error : {ENOSYS, EPERM, EACCES, EINVAL, ENOMEM, EFAULT, E2BIG}) {
    CAPTURE(error);
    auto ready = event::create();
    auto never = event::create();
    CHECK(in_child([&] {
            if (!deny(SYS_futex_waitv, error)) return 9;
            return waits_in_peace(ready, [&](auto limit) {
              return isthmus::wait_any_for({never, ready}, limit).status;
            });
          }) == 0);
  }
}
#endif

TEST_CASE("a wait does not spin where the kernel refuses to watch anything", "[sandbox][WAIT-01]") {
  for (const int error : {ENOSYS, EPERM, EINVAL, ENOMEM}) {
    CAPTURE(error);
    auto ready = event::create();
    auto never = event::create();
    CHECK(in_child([&] {
            if (!deny(SYS_futex, error, 1, wait_on_one)) return 9;
            return waits_in_peace(ready, [&](auto limit) { return ready.wait_for(limit); });
          }) == 0);
    CHECK(in_child([&] {
            if (!deny(SYS_futex, error, 1, wait_on_one) || !deny(SYS_nanosleep, error) ||
                !deny(SYS_clock_nanosleep, error))
              return 9;
            return waits_in_peace(ready, [&](auto limit) { return ready.wait_for(limit); });
          }) == 0);
  }
}

#ifdef SYS_poll
TEST_CASE("a wait for a process does not spin, nor end too early, without poll",
          "[sandbox][process]") {
  for (const int error : {ENOMEM, EPERM}) {
    forked sleeper([] {
      await([] { return false; }, support::patience());
      return 0;
    });
    CHECK(in_child([&] {
            if (!deny(SYS_poll, error)) return 9;
            auto other = isthmus::process::open(static_cast<std::uint32_t>(sleeper.id()));
            auto never = event::create();
            const auto before = used();
            if (other.wait_for(some_time) != wait_status::timeout) return 1;
            if (isthmus::wait_any_for({never, other}, some_time).status != wait_status::timeout)
              return 2;
            if (used() - before > 100ms) return 3;
            sleeper.signal(SIGKILL);
            return 0;
          }) == 0);
  }
}

TEST_CASE("reading a pipe reports that poll is refused, and does not spin", "[sandbox][process]") {
  CHECK(in_child([] {
          isthmus::pipe_end from;
          auto other = isthmus::process::start({.program = "/bin/sleep",
                                                .arguments = {"100"},
                                                .output = isthmus::stream::pipe(from)});
          if (!deny(SYS_poll, EPERM)) return 9;
          std::array<std::byte, 8> bytes{};
          std::error_code ec;
          const auto count = from.read_for(bytes, some_time, ec);
          other.terminate();
          return !count && ec.value() == EPERM ? 0 : 1;
        }) == 0);
}
#endif

// Locks, and makes a child that no handler of the C library sees.
CHILD(clones) {
  auto guard = mutex::create();
  guard.lock();
  const auto in_clone = [](auto work) {
    const long id = ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (id == 0) ::_exit(work());
    return id < 0 ? -1 : forked(static_cast<pid_t>(id)).ended().value_or(-1);
  };
  const auto others = [&] {
    std::error_code ec;
    if (guard.try_lock()) return 1;
    guard.unlock(ec);
    if (ec != errc::not_owner) return 2;
    auto mine = mutex::create();  // it becomes somebody of its own
    mine.lock();
    mine.lock();
    mine.unlock();
    mine.unlock();
    mine.unlock(ec);
    return ec == errc::not_owner && !guard.try_lock() ? 0 : 3;
  };
  io.send(std::to_string(in_clone(others)));
  io.send(std::to_string(in_child(others)));
  // It still is itself.
  guard.lock();
  guard.unlock();
  CHILD_REQUIRE(!support::is_free(guard));
  guard.unlock();
  CHILD_REQUIRE(support::is_free(guard));
  io.send(std::to_string(in_clone([&] {
    if (!guard.try_lock()) return 1;
    guard.unlock();
    return 0;
  })));
  // What the parent owns is gone before the child locks something.
  CHILD_REQUIRE(guard.try_lock());
  auto mine = mutex::create();  // not where that was
  io.send(std::to_string(in_clone([&] {
    guard.close();
    if (!mine.try_lock()) return 1;
    mine.unlock();
    return 0;
  })));
  guard.unlock();
  return 0;
}

TEST_CASE("a raw clone's child owns nothing of its parent's, whether pages can be wiped or not",
          "[sandbox][fork][MTX-03]") {
  constexpr std::uint32_t wipe_on_fork = 18;
  for (const bool wiping : {true, false}) {
    CAPTURE(wiping);
    CHECK(in_child([&] {
            if (!wiping && !deny(SYS_madvise, EINVAL, 2, wipe_on_fork)) return 9;
            support::child other("clones");
            for (int i = 0; i < 4; ++i) other.expect("0");
            return other.exit_code();
          }) == 0);
  }
}

TEST_CASE("without lists of robust mutexes owners are known all the same, and so are their deaths",
          "[sandbox][owners][MTX-06]") {
  auto guard = mutex::create();
  shared<std::array<std::atomic<bool>, 2>> flags;
  const auto owns = [&](bool denied) {
    if (denied && !deny(SYS_get_robust_list, ENOSYS)) return 98;
    (*flags)[0] = guard.try_lock_for(support::patience());
    live_until_killed();
    return 0;
  };
  const auto is_told = [&](bool denied) {
    if (denied && !deny(SYS_get_robust_list, ENOSYS)) return 98;
    if (guard.try_lock() || guard.try_lock_for(some_time)) return 1;
    (*flags)[1] = true;
    return guard.wait_for(support::patience()) == wait_status::abandoned ? 0 : 2;
  };
  for (const bool owner_denied : {true, false})
    for (const bool waiter_denied : {true, false}) {
      INFO("without a list: " << (owner_denied ? "the owner " : "")
                              << (waiter_denied ? "the waiter" : ""));
      for (auto& flag : *flags) flag = false;
      forked owner([&] { return owns(owner_denied); });
      REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
      forked waiter([&] { return is_told(waiter_denied); });
      REQUIRE(support::eventually([&] { return (*flags)[1].load(); }));
      owner.kill();
      CHECK(waiter.ended() == 0);
      CHECK(support::lock_within(guard) == wait_status::abandoned);  // the waiter's
      guard.unlock();
    }
  CHECK(in_child([&] {
          if (!deny(SYS_get_robust_list, EPERM)) return 98;
          (void)support::in_thread([&] { return guard.try_lock(); });
          return guard.wait_for(support::patience()) == wait_status::abandoned ? 0 : 1;
        }) == 0);
}

// Locks, where the kernel may take lists of robust mutexes and do nothing with them, or may refuse
// threads; tells whether it owns with a record.
CHILD(locks_on_trial) {
  const bool idle = io.argument(1) == "idle";
  CHILD_REQUIRE(deny(idle ? SYS_set_robust_list : SYS_clone, idle ? 0 : EPERM));
  auto guard = mutex::open({.name = io.argument(0)});
  CHILD_REQUIRE(guard.try_lock_for(support::patience()));
  // What was found is remembered: other threads do the same, though none can be tried any more.
  CHILD_REQUIRE(deny(SYS_clone, EPERM));
  auto other = mutex::create();
  CHILD_REQUIRE(support::in_thread([&] { return other.try_lock(); }));
  const auto recorded = [](const mutex& one) {
    return isthmus::detail::owner_word::is_recorded(page_of(one).word());
  };
  CHILD_REQUIRE(recorded(guard) == recorded(other));
  io.send(recorded(guard) ? "record" : "list");
  live_until_killed();
}

TEST_CASE("a kernel that takes lists of robust mutexes and does nothing with them is found out",
          "[sandbox][owners][MTX-06]") {
  if (!isthmus::detail::portable_engine &&
      isthmus::detail::try_list() == isthmus::detail::list_trial::not_told)
    SKIP("this C library makes no thread for it");
  const auto name = support::unique_name("trial");
  auto guard = mutex::create({.name = name});
  for (const std::string_view kernel : {"idle", "without threads"}) {
    CAPTURE(kernel);
    support::child owner("locks_on_trial", {name, std::string(kernel)});
    owner.expect(kernel == "idle" || isthmus::detail::portable_engine ? "record" : "list");
    owner.kill();
    CHECK(support::lock_within(guard) == wait_status::abandoned);
    guard.unlock();
  }
}
