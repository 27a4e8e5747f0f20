// SPDX-License-Identifier: MIT
//
// Time limits of a mutex. The wait for others' objects uses the same code.
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <initializer_list>
#include <limits>
#include <system_error>
#include <utility>

using namespace support;
using isthmus::mutex;
using std::chrono::system_clock;

namespace {

/// A mutex that a thread of its own owns, until told otherwise.
struct owned_mutex {
  owned_mutex() {
    owner.run([this] { guard.lock(); });
  }
  ~owned_mutex() { release(); }
  owned_mutex(const owned_mutex&) = delete;
  owned_mutex& operator=(const owned_mutex&) = delete;

  void release() {
    if (!std::exchange(owned, false)) return;
    owner.run([this] { guard.unlock(); });
  }

  mutex guard = mutex::create();
  worker owner;
  bool owned = true;
};

/// A clock that tells what it is told to.
struct fake_clock {
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<fake_clock>;
  static constexpr bool is_steady = false;
  static time_point now() { return time_point(current += 1h); }
  inline static duration current{};
};

}  // namespace

TEST_CASE("a limit of zero or less tests only", "[mutex][WAIT-01][MTX-12]") {
  owned_mutex owned;
  auto& guard = owned.guard;
  const auto time = time_of([&] {
    CHECK_FALSE(guard.try_lock_for(0s));
    CHECK_FALSE(guard.try_lock_for(-1h));
    CHECK_FALSE(guard.try_lock_for(std::chrono::hours::min()));
    CHECK_FALSE(guard.try_lock_for(std::chrono::duration<double>(-1e300)));
    CHECK_FALSE(guard.try_lock_for(
        std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN())));
    CHECK_FALSE(guard.try_lock_until(clock::now()));
    CHECK_FALSE(guard.try_lock_until(clock::time_point::min()));
    CHECK_FALSE(guard.try_lock_until(system_clock::time_point::min()));
  });
  CHECK(time < patience());
  owned.release();
  CHECK(guard.try_lock_for(0s));
  CHECK(guard.try_lock_for(-1h));
  CHECK(guard.try_lock_until(clock::time_point::min()));
}

TEST_CASE("a wait never ends early", "[mutex][WAIT-01]") {
  owned_mutex owned;
  auto& guard = owned.guard;
  for (const std::chrono::nanoseconds limit :
       std::initializer_list<std::chrono::nanoseconds>{1ns, 1us, 999us, 1ms, 20ms, 47'300us}) {
    CAPTURE(limit.count());
    CHECK(time_of([&] { CHECK_FALSE(guard.try_lock_for(limit)); }) >= limit);
  }
  for (const auto limit : {0ms, 3ms, 30ms}) {
    CAPTURE(limit.count());
    const auto steady = clock::now() + limit;
    CHECK_FALSE(guard.try_lock_until(steady));
    CHECK(clock::now() >= steady);
    const auto wall = system_clock::now() + limit;
    CHECK_FALSE(guard.try_lock_until(wall));
    CHECK(system_clock::now() >= wall);
  }
  std::error_code ec = make_error_code(isthmus::errc::busy);
  CHECK(time_of([&] { CHECK_FALSE(guard.try_lock_for(10ms, ec)); }) >= 10ms);
  CHECK_FALSE(ec);
  ec = make_error_code(isthmus::errc::busy);
  CHECK_FALSE(guard.try_lock_until(clock::now() + 1ms, ec));
  CHECK_FALSE(ec);
}

TEST_CASE("a limit that passed changes nothing", "[mutex][MTX-12]") {
  owned_mutex owned;
  CHECK_FALSE(owned.guard.try_lock_for(5ms));
  std::error_code ec;
  owned.guard.unlock(ec);
  CHECK(ec == isthmus::errc::not_owner);
  // The owner still owns it, exactly once.
  owned.release();
  CHECK(owned.guard.try_lock());
  owned.guard.unlock();
}

TEST_CASE("a wait ends when the mutex becomes free, long before its limit",
          "[mutex][MTX-01][WAIT-01]") {
  const auto waits = [](auto attempt) {
    owned_mutex owned;
    worker waiter;
    auto taken = waiter.start([&] {
      const bool got = attempt(owned.guard);
      if (got) owned.guard.unlock();
      return got;
    });
    CHECK(waiter.blocks(taken));
    owned.release();
    REQUIRE(ready(taken));
    CHECK(taken.get());
  };
  waits([](mutex& guard) { return guard.try_lock_for(1h); });
  waits([](mutex& guard) { return guard.try_lock_for(std::chrono::hours::max()); });
  waits([](mutex& guard) { return guard.try_lock_for(std::chrono::nanoseconds::max()); });
  waits([](mutex& guard) { return guard.try_lock_for(std::chrono::duration<double>(1e300)); });
  waits([](mutex& guard) {
    return guard.try_lock_for(std::chrono::hours(24 * 50));
  });  // over 2^32 ms
  waits([](mutex& guard) { return guard.try_lock_until(clock::now() + 1h); });
  waits([](mutex& guard) { return guard.try_lock_until(clock::time_point::max()); });
  waits([](mutex& guard) { return guard.try_lock_until(system_clock::now() + 1h); });
  waits([](mutex& guard) { return guard.try_lock_until(system_clock::time_point::max()); });
  waits([](mutex& guard) {
    std::error_code ec;
    return guard.try_lock_for(1h, ec) && !ec;
  });
  waits([](mutex& guard) {
    std::error_code ec;
    return guard.try_lock_until(system_clock::now() + 1h, ec) && !ec;
  });
}

TEST_CASE("a time point of a clock that was set is followed", "[mutex][TMR-13]") {
  owned_mutex owned;
  // Its hour passes between two looks, although it is an hour away at the first.
  const auto when = fake_clock::now() + 1h + 30min;
  CHECK(time_of([&] { CHECK_FALSE(owned.guard.try_lock_until(when)); }) < patience());
  CHECK(fake_clock::now() >= when);
}
