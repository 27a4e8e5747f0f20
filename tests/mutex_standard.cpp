// SPDX-License-Identifier: MIT
//
// The standard's own tools work with a mutex, and many threads with one handle.
#include "support/mutexes.hpp"
#include "support/names.hpp"
#include "support/threads.hpp"

#include <isthmus/mutex.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

using namespace support;
using isthmus::mutex;

TEST_CASE("scoped_lock and lock_guard hold a mutex for a scope", "[mutex][MTX-01]") {
  auto guard = mutex::create();
  {
    const std::scoped_lock lock(guard);
    CHECK_FALSE(is_free(guard));
  }
  CHECK(is_free(guard));
  {
    const std::lock_guard lock(guard);
    CHECK_FALSE(is_free(guard));
  }
  CHECK(is_free(guard));
}

TEST_CASE("scoped_lock takes several mutexes without deadlock", "[mutex][MTX-19]") {
  auto first = mutex::create();
  auto second = mutex::create();
  const int rounds = 200;
  int count = 0;
  const auto work = [&](mutex& a, mutex& b) {
    for (int i = 0; i < rounds; ++i) {
      const std::scoped_lock lock(a, b);
      ++count;
    }
  };
  std::thread other(work, std::ref(second), std::ref(first));
  work(first, second);
  other.join();
  CHECK(count == 2 * rounds);
}

TEST_CASE("unique_lock works in all its forms", "[mutex][MTX-01]") {
  auto guard = mutex::create();
  {
    std::unique_lock lock(guard, std::try_to_lock);
    CHECK(lock.owns_lock());
    CHECK_FALSE(in_thread([&] { return std::unique_lock(guard, std::try_to_lock).owns_lock(); }));
    CHECK_FALSE(in_thread([&] { return std::unique_lock(guard, moment).owns_lock(); }));
    CHECK_FALSE(
        in_thread([&] { return std::unique_lock(guard, clock::now() + moment).owns_lock(); }));
    lock.unlock();
    CHECK(is_free(guard));
    CHECK(lock.try_lock_for(patience()));
    lock.unlock();
    CHECK(lock.try_lock_until(std::chrono::system_clock::now() + patience()));
  }
  CHECK(is_free(guard));
  std::unique_lock deferred(guard, std::defer_lock);
  CHECK(is_free(guard));
  deferred.lock();
  const std::unique_lock adopted(*deferred.release(), std::adopt_lock);
  CHECK_FALSE(is_free(guard));
}

TEST_CASE("one handle serves many threads", "[mutex][MTX-01]") {
  auto guard = mutex::create({.name = unique_name("shared")});
  constexpr int threads = 4;
  constexpr int rounds = 300;
  int count = 0;  // guarded
  std::atomic<int> inside = 0;
  std::atomic<bool> crowded = false;
  std::vector<std::thread> workers;
  workers.reserve(threads);
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      for (int k = 0; k < rounds; ++k) {
        const std::scoped_lock lock(guard);
        if (++inside != 1) crowded = true;
        ++count;
        --inside;
      }
    });
  }
  for (auto& each : workers) each.join();
  CHECK(count == threads * rounds);
  CHECK_FALSE(crowded);
}

TEST_CASE("a blocked lock goes on as soon as the owner unlocks", "[mutex][MTX-01]") {
  auto guard = mutex::create();
  guard.lock();
  worker waiter;
  auto taken = waiter.start([&] { return guard.lock(); });
  CHECK(waiter.blocks(taken));
  guard.lock();
  guard.unlock();  // still owned once
  CHECK(waiter.blocks(taken));
  guard.unlock();
  REQUIRE(ready(taken));
  CHECK(taken.get() == isthmus::wait_status::signaled);
  CHECK_FALSE(guard.try_lock());
  waiter.run([&] { guard.unlock(); });
  CHECK(guard.try_lock());
  guard.unlock();
}

TEST_CASE("a blocked lock is woken, it does not look now and then", "[mutex][MTX-01]") {
  auto guard = mutex::create();
  worker waiter;
  auto best = clock::duration::max();
  const auto quick = scaled(100ms);
  // A busy machine may hide it, but not always.
  for (int i = 0; i < 5 || (i < 50 && best >= quick); ++i) {
    guard.lock();
    auto taken = waiter.start([&] { guard.lock(); });
    CHECK(waiter.blocks(taken));
    best = std::min(best, time_of([&] {
                      guard.unlock();
                      REQUIRE(ready(taken));
                    }));
    waiter.run([&] { guard.unlock(); });
  }
  CHECK(best < quick);
}
