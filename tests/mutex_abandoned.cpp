// SPDX-License-Identifier: MIT
//
// Threads that end while they own a mutex. Processes that do are in across/mutex.cpp.
#include "support/mutexes.hpp"
#include "support/names.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

using namespace support;
using isthmus::mutex;
using isthmus::wait_status;

namespace {

/// A thread takes the mutex `depth` times and ends.
void abandon(mutex& guard, int depth = 1) {
  in_thread([&] {
    for (int i = 0; i < depth; ++i) guard.lock();
  });
}

}  // namespace

TEST_CASE("the owner after a thread that ended is told, and owns the mutex",
          "[mutex][MTX-06][MTX-07]") {
  auto guard = mutex::create({.name = unique_name("ended")});
  abandon(guard);
  CHECK(guard.lock() == wait_status::abandoned);
  CHECK(guard.abandoned());
  CHECK_FALSE(in_thread([&] { return guard.try_lock(); }));
  guard.unlock();
  CHECK(is_not_owner(guard));
}

TEST_CASE("however deep the dead owner was, the next one owns it once", "[mutex][MTX-06][MTX-07]") {
  auto guard = mutex::create();
  abandon(guard, 3);
  CHECK(lock_within(guard) == wait_status::abandoned);
  guard.unlock();
  CHECK(is_not_owner(guard));
  CHECK(lock_within(guard) == wait_status::signaled);
  guard.unlock();
}

TEST_CASE("a thread that unlocked before it ended abandons nothing", "[mutex][MTX-06]") {
  auto guard = mutex::create();
  in_thread([&] {
    guard.lock();
    guard.lock();
    guard.unlock();
    guard.unlock();
  });
  CHECK(lock_within(guard) == wait_status::signaled);
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
}

TEST_CASE("every way to take a mutex takes an abandoned one and tells", "[mutex][MTX-07]") {
  auto guard = mutex::create();
  const auto check = [&](auto attempt) {
    abandon(guard);
    CHECK(attempt());
    CHECK(guard.abandoned());
    guard.unlock();
    CHECK(is_not_owner(guard));
  };
  std::error_code ec;
  check([&] { return guard.lock(ec) == wait_status::abandoned; });
  CHECK_FALSE(ec);
  check([&] { return guard.try_lock(); });
  check([&] { return guard.try_lock(ec); });
  CHECK_FALSE(ec);
  check([&] { return guard.try_lock_for(0s); });
  check([&] { return guard.try_lock_for(1h); });
  check([&] { return guard.try_lock_until(clock::now() + 1h); });
}

TEST_CASE("the mark ends with the acquisition that was told", "[mutex][MTX-08]") {
  auto guard = mutex::create();
  abandon(guard);
  CHECK(guard.lock() == wait_status::abandoned);
  CHECK(guard.lock() == wait_status::signaled);  // recursively
  CHECK_FALSE(guard.abandoned());                // the latest acquisition was of an owned one
  guard.unlock();
  guard.unlock();
  CHECK(guard.lock() == wait_status::signaled);
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
  abandon(guard);
  CHECK(guard.lock() == wait_status::abandoned);  // once for each death
  guard.unlock();
}

TEST_CASE("of several threads after one death exactly one is told", "[mutex][MTX-08]") {
  auto guard = mutex::create();
  abandon(guard);
  std::array<worker, 4> racers;
  std::vector<std::future<wait_status>> results;
  results.reserve(racers.size());
  for (auto& racer : racers) {
    results.push_back(racer.start([&] { return pass_through(guard); }));
  }
  int told = 0;
  int normal = 0;
  for (auto& result : results) {
    REQUIRE(ready(result));
    const auto status = result.get();
    told += status == wait_status::abandoned ? 1 : 0;
    normal += status == wait_status::signaled ? 1 : 0;
  }
  CHECK(told == 1);
  CHECK(normal == 3);
}

TEST_CASE("a thread that waits when the owner ends is woken and told", "[mutex][MTX-09]") {
  auto guard = mutex::create();
  worker owner;
  owner.run([&] { guard.lock(); });
  std::array<worker, 3> waiters;
  std::vector<std::future<wait_status>> results;
  results.reserve(waiters.size());
  for (auto& waiter : waiters) {
    results.push_back(waiter.start([&] { return pass_through(guard); }));
  }
  for (auto& result : results) CHECK_FALSE(ready(result, moment));
  owner.end();
  int told = 0;
  for (auto& result : results) {
    REQUIRE(ready(result));
    told += result.get() == wait_status::abandoned ? 1 : 0;
  }
  CHECK(told == 1);
}

TEST_CASE("an abandoned mutex waits for its next owner", "[mutex][MTX-10]") {
  const auto name = unique_name("waits");
  auto guard = mutex::create({.name = name});
  abandon(guard);
  // Opening, duplicating and closing handles is not taking it.
  (void)mutex::open({.name = name});
  (void)guard.duplicate();
  auto other = mutex::open({.name = name});
  guard.close();
  CHECK(lock_within(other) == wait_status::abandoned);
  other.unlock();
}

TEST_CASE("the mark goes with the object", "[mutex][MTX-10][LIFE-06]") {
  const auto name = unique_name("gone");
  auto guard = mutex::create({.name = name});
  abandon(guard);
  guard.close();
  guard = mutex::create({.name = name});
  CHECK(lock_within(guard) == wait_status::signaled);
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
}

TEST_CASE("unlocking an abandoned mutex that nobody took is not_owner, and keeps the mark",
          "[mutex][MTX-11]") {
  auto guard = mutex::create();
  abandon(guard);
  CHECK(is_not_owner(guard));
  CHECK(lock_within(guard) == wait_status::abandoned);
  guard.unlock();
}

TEST_CASE("a thread that ends with several mutexes abandons all of them", "[mutex][MTX-18]") {
  std::vector<mutex> guards;
  guards.reserve(16);
  for (int i = 0; i < 16; ++i) guards.push_back(mutex::create());
  in_thread([&] {
    for (auto& guard : guards) guard.lock();
  });
  for (auto& guard : guards) {
    CHECK(lock_within(guard) == wait_status::abandoned);
    guard.unlock();
  }
}

TEST_CASE("abandoned() is each thread's and each handle's own", "[mutex][MTX-08]") {
  auto guard = mutex::create();
  auto other_handle = guard.duplicate();
  abandon(guard);
  worker other;
  CHECK(lock_within(guard) == wait_status::abandoned);
  CHECK(guard.abandoned());
  CHECK_FALSE(other_handle.abandoned());
  CHECK_FALSE(other.run([&] { return guard.abandoned(); }));
  guard.unlock();
  CHECK(guard.abandoned());  // until this thread takes it again
  other.run([&] { guard.lock(); });
  CHECK_FALSE(other.run([&] { return guard.abandoned(); }));
  CHECK(guard.abandoned());
  other.run([&] { guard.unlock(); });
  guard.lock();
  CHECK_FALSE(guard.abandoned());
  guard.unlock();
}

TEST_CASE("last_owner tells of a death or nothing, and nothing where nobody died",
          "[mutex][MTX-06]") {
  auto guard = mutex::create({.name = unique_name("told")});
  CHECK_FALSE(guard.last_owner());
  guard.lock();
  guard.unlock();
  CHECK_FALSE(guard.last_owner());
  const auto before = std::chrono::system_clock::now();
  abandon(guard);
  CHECK(lock_within(guard) == wait_status::abandoned);
  if (const auto last = guard.last_owner()) {
    CHECK(last->process_id != 0);
    CHECK_FALSE(last->program.empty());
    CHECK(last->noticed >= before - 1s);
    CHECK(last->noticed <= std::chrono::system_clock::now() + 1s);
  }
  guard.unlock();
}
