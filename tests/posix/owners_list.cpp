// SPDX-License-Identifier: MIT
//
// The list in which the kernel looks for what a dead thread owned: shared with the C library's
// mutexes, whole at every instruction, and out of the reach of whoever may write to the object.
#include "crowd.hpp"
#include "forked.hpp"
#include "led.hpp"
#include "runtime.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "posix/names/lifetime.hpp"
#include "posix/system/robust_list.hpp"
#include "posix/system/sleep.hpp"
#include "posix/words/owner_word.hpp"

#include "support/limits.hpp"
#include "support/mutexes.hpp"
#include "support/names.hpp"
#include "support/threads.hpp"

#include <isthmus/mutex.hpp>
#include <isthmus/native.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <numeric>
#include <system_error>
#include <thread>

#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::mutex;
using isthmus::wait_status;

namespace {

constexpr const char* has_no_list = "the portable engine has no such list";

/// A robust mutex of the C library's, shared by processes.
struct robust_mutex {
  pthread_mutex_t mutex{};
  robust_mutex() {
    pthread_mutexattr_t attributes;
    ::pthread_mutexattr_init(&attributes);
    ::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    ::pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    ::pthread_mutex_init(&mutex, &attributes);
    ::pthread_mutexattr_destroy(&attributes);
  }
  /// It is free.
  bool take() { return ::pthread_mutex_trylock(&mutex) == 0; }
  void unlock() { ::pthread_mutex_unlock(&mutex); }
};

/// Two of ours and two of the C library's, by number.
struct four {
  std::array<mutex, 2> ours{mutex::create(), mutex::create()};
  shared<std::array<robust_mutex, 2>> theirs;

  bool lock(std::size_t which) {
    return which < 2 ? ours[which].try_lock() : (*theirs)[which - 2].take();
  }
  void unlock(std::size_t which) {
    which < 2 ? ours[which].unlock() : (*theirs)[which - 2].unlock();
  }
  /// Whether its owner had died; it is free and sound afterwards.
  bool was_abandoned(std::size_t which) {
    if (which < 2) {
      const bool died = support::lock_within(ours[which]) == wait_status::abandoned;
      ours[which].unlock();
      return died;
    }
    robust_mutex& one = (*theirs)[which - 2];
    const int result = ::pthread_mutex_trylock(&one.mutex);
    if (result == EOWNERDEAD) ::pthread_mutex_consistent(&one.mutex);
    if (result == 0 || result == EOWNERDEAD) one.unlock();
    return result == EOWNERDEAD;
  }
};

}  // namespace

TEST_CASE("our mutexes and the C library's leave each other's lists whole", "[owners][MTX-06]") {
  if (isthmus::detail::portable_engine) SKIP(has_no_list);
  std::array<std::size_t, 4> locked{};
  std::iota(locked.begin(), locked.end(), 0);
  int wrong = 0;
  std::size_t tried = 0;
  do {
    auto order = locked;
    std::sort(order.begin(), order.end());
    do {
      // How many are unlocked goes round with the orders, which are no multiple of it.
      const std::size_t unlocked = tried++ % 5;
      four all;
      const int code = in_child([&] {
        for (const std::size_t one : locked)
          if (!all.lock(one)) return 1;
        for (std::size_t i = 0; i < unlocked; ++i) all.unlock(order[i]);
        ::raise(SIGKILL);
        return 0;
      });
      if (code != 128 + SIGKILL) ++wrong;
      for (std::size_t i = 0; i < order.size(); ++i)
        if (all.was_abandoned(order[i]) != (i >= unlocked)) ++wrong;
    } while (std::next_permutation(order.begin(), order.end()));
  } while (std::next_permutation(locked.begin(), locked.end()));
  CHECK(wrong == 0);
  CHECK(tried == 576);
}

TEST_CASE("an owner killed at any instruction of lock and unlock holds nobody up",
          "[owners][MTX-06][MTX-08]") {
  if (!may_lead()) SKIP("this process may not trace another");
  auto guard = mutex::create();
  const auto work = [&] {
    if (!guard.try_lock()) return;  // what happens once only is not looked at
    guard.unlock();
    ::raise(SIGSTOP);
    if (guard.try_lock()) guard.unlock();
    ::raise(SIGSTOP);
  };
  const int steps = instructions_of(work);
  REQUIRE(steps > 0);
  int told = 0;
  const int tried = at_each_of(steps + 1, [&](int n) {
    CAPTURE(n);
    led owner(work);
    REQUIRE(owner.stops());
    for (int i = 0; i < n && owner.step(); ++i) {
    }
    owner.kill();
    const auto status = support::lock_within(guard, support::scaled(3s));
    REQUIRE((status == wait_status::signaled || status == wait_status::abandoned));
    if (status == wait_status::abandoned) ++told;
    guard.unlock();
    REQUIRE(support::lock_within(guard) == wait_status::signaled);
    guard.unlock();
  });
  WARN("killed at " << tried << " of " << steps + 1 << " instructions, " << told
                    << " times as the owner");
  CHECK(told > 0);
}

TEST_CASE("an owner killed at any instruction of an unlock that wakes somebody wakes it",
          "[owners][MTX-06]") {
  if (!may_lead()) SKIP("this process may not trace another");
  auto guard = mutex::create();
  const page_of page(guard);
  const auto work = [&] {
    if (!guard.try_lock()) return;
    ::raise(SIGSTOP);
    guard.unlock();
    ::raise(SIGSTOP);
  };
  const auto with_waiter = [&](const std::function<void(led&)>& then) {
    led owner(work);
    REQUIRE(owner.stops());
    shared<std::atomic<int>> sleeps;
    forked waiter([&] {
      count_sleeps(*sleeps);
      const auto status = guard.wait_for(support::patience());
      return status == wait_status::signaled || status == wait_status::abandoned ? 0 : 1;
    });
    REQUIRE(comes_to_wait(waiter, *sleeps));
    then(owner);
    owner.kill();
    REQUIRE(waiter.ended(support::scaled(3s)) == 0);
    REQUIRE(support::lock_within(guard) == wait_status::abandoned);  // the waiter's
    guard.unlock();
  };
  int steps = 0;
  with_waiter([&](led& owner) {
    while (owner.step()) ++steps;
  });
  REQUIRE(steps > 0);
  const int tried = at_each_of(steps + 1, [&](int n) {
    CAPTURE(n);
    with_waiter([&](led& owner) {
      for (int i = 0; i < n && owner.step(); ++i) {
      }
    });
  });
  WARN("killed at " << tried << " of " << steps + 1 << " instructions");
}

namespace {

/// Writes over all pages of both for ever: bytes anywhere, and whole words at the ends, the
/// mutexes' own, their guards' and commits among them, with what is worst there: that it is free,
/// and that its owner has died.
[[noreturn]] void scribble(std::array<mutex, 2>& all) {
  constexpr std::size_t size = isthmus::detail::dispatcher_page_size;
  std::array<unsigned char*, 4> pages{};
  std::array<std::atomic<std::uint64_t>*, 4> lines{};
  for (std::size_t i = 0; i < pages.size(); ++i) {
    void* const page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED,
                              isthmus::native_handle(all[i / 2]), static_cast<off_t>(i % 2 * size));
    if (page == MAP_FAILED) ::_exit(child_threw);
    pages[i] = static_cast<unsigned char*>(page);
    lines[i] = static_cast<std::atomic<std::uint64_t>*>(static_cast<void*>(pages[i] + size - 64));
  }
  std::uint64_t seed = 1;
  await([&] {  // until it is killed
    for (int i = 0; i < 1000; ++i) {
      seed = seed * 6364136223846793005U + 1442695040888963407U;
      const std::size_t page = seed >> 1 & 3;
      static_cast<volatile unsigned char&>(pages[page][seed >> 20 & (size - 1)]) =
          static_cast<unsigned char>(seed >> 40);
      std::atomic<std::uint64_t>& word = lines[page][6 + (seed >> 33 & 1)];
      const std::uint64_t seen = word;
      word = (seed >> 50 & 1) != 0 ? 0 : isthmus::detail::owner_word::buried(seen);
    }
    return false;
  });
  ::_exit(child_threw);
}

/// Whether this thread's list leads through its entries and back to where it begins, and the
/// entries lead back as well, but for doors, which cannot.
bool list_is_sound() {
  using namespace isthmus::detail;
  const robust_head* const head = current_robust_head();
  const robust_shape& shape = *known_shape();
  const auto* const begin = static_cast<const std::byte*>(static_cast<const void*>(&head->next));
  const std::byte* before = begin;
  for (int i = 0; i < robust::most_entries; ++i) {
    const std::byte* const node = robust::without_mark(robust::next_of(before));
    if (node == begin) return true;
    const auto place = reinterpret_cast<std::uintptr_t>(node) % dispatcher_page_size;
    const bool is_door = place == static_cast<std::uintptr_t>(-shape.offset - 8);
    if (shape.has_prev && !is_door && robust::without_mark(robust::prev_of(node)) != before)
      return false;
    before = node;
  }
  return false;
}

}  // namespace

TEST_CASE("whoever writes over the whole page corrupts nothing in those who use it",
          "[owners][HARD-30]") {
  if (isthmus::detail::portable_engine) SKIP(has_no_list);
  if (!isthmus::detail::global_names) SKIP("this build has no scope::global");
  // Into whose pages others may write.
  const auto made = [](const char* hint) {
    return mutex::create({.name = "Global\\" + support::unique_name(hint)});
  };
  std::array<mutex, 2> all{made("first"), made("second")};
  forked scribbler([&] {
    scribble(all);
    return 0;
  });
  shared<std::atomic<int>> taken;
  forked victim([&] {
    const auto end = support::clock::now() + support::scaled(1s);
    std::atomic<int> working = 2;
    std::atomic<int> wrong = 0;
    const auto work = [&] {
      robust_mutex own;
      std::error_code ec;
      while (support::clock::now() < end) {
        if (!own.take()) wrong = 1;
        for (auto& one : all)
          if (one.try_lock_for(100us, ec)) ++*taken;
        own.unlock();
        for (auto& one : all) one.unlock(ec);
        (void)isthmus::wait_all_for({all[0], all[1]}, 100us, ec);
        for (auto& one : all) one.unlock(ec);
      }
      --working;
      await([&] { return working == 0; });
      if (!list_is_sound()) wrong = 2;
    };
    std::thread other(work);
    work();
    other.join();
    return wrong.load();
  });
  CHECK(victim.ended().value_or(-1) == 0);
  scribbler.kill();
  CHECK(*taken > 0);
}
