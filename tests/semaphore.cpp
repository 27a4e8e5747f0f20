// SPDX-License-Identifier: MIT
#include <isthmus/semaphore.hpp>

#include "support/crowd.hpp"
#include "support/errors.hpp"
#include "support/names.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <system_error>
#include <utility>
#include <vector>

using namespace support;
using isthmus::access;
using isthmus::errc;
using isthmus::semaphore;
using isthmus::semaphore_options;
using isthmus::wait_status;

namespace {

constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();

/// How many permits there are; they are there again afterwards.
std::int32_t count_of(semaphore& permits) {
  std::int32_t count = 0;
  while (permits.try_acquire()) ++count;
  if (count > 0) permits.release(count);
  return count;
}

}  // namespace

TEST_CASE("counts that make no sense are invalid_argument, also where the name exists",
          "[semaphore][SEM-01][CRE-08]") {
  const auto name = unique_name("counts");
  const auto held = semaphore::create({.name = name, .initial = 1, .maximum = 2});
  for (const auto& [initial, maximum] : std::vector<std::pair<std::int32_t, std::int32_t>>{
           {-1, 1}, {0, 0}, {1, 0}, {2, 1}, {0, -1}, {most, most - 1}, {-most - 1, most}}) {
    CAPTURE(initial, maximum);
    std::error_code ec;
    CHECK_FALSE(semaphore::create({.initial = initial, .maximum = maximum}, ec));
    CHECK(ec == errc::invalid_argument);
    const semaphore_options existing{.name = name, .initial = initial, .maximum = maximum};
    CHECK_FALSE(semaphore::open_or_create(existing, ec));
    CHECK(ec == errc::invalid_argument);
    CHECK(thrown_by([&] { (void)semaphore::create(existing); }).code == errc::invalid_argument);
  }
}

TEST_CASE("a semaphore may have from one to 2^31-1 permits", "[semaphore][SEM-01]") {
  auto one = semaphore::create({.initial = 1, .maximum = 1});
  CHECK(count_of(one) == 1);
  auto none = semaphore::create({.initial = 0, .maximum = 1});
  CHECK(count_of(none) == 0);
  auto full = semaphore::create({.initial = most, .maximum = most});
  std::error_code ec;
  full.release(1, ec);
  CHECK(ec == errc::limit_exceeded);
  CHECK(full.try_acquire());
  CHECK(full.release() == most - 1);
  auto usual = semaphore::create();
  CHECK(count_of(usual) == 0);
  CHECK(usual.release(most) == 0);
}

TEST_CASE("each wait that is satisfied takes exactly one permit", "[semaphore][SEM-02][WAIT-03]") {
  auto permits = semaphore::create({.initial = 8, .maximum = 8});
  std::error_code ec = make_error_code(errc::busy);
  permits.acquire();
  permits.acquire(ec);
  CHECK_FALSE(ec);
  CHECK(permits.try_acquire());
  CHECK(permits.try_acquire(ec));
  CHECK(permits.try_acquire_for(1h));
  CHECK(permits.try_acquire_until(clock::now() + 1h));
  CHECK(permits.wait_for(0s) == wait_status::signaled);
  CHECK(permits.release() == 1);
  CHECK(count_of(permits) == 2);
}

TEST_CASE("without a permit a try fails and a limit passes, and nothing changes",
          "[semaphore][SEM-02][WAIT-01]") {
  auto permits = semaphore::create({.maximum = 5});
  std::error_code ec = make_error_code(errc::busy);
  CHECK_FALSE(permits.try_acquire());
  CHECK_FALSE(permits.try_acquire(ec));
  CHECK_FALSE(ec);
  CHECK(time_of([&] { CHECK_FALSE(permits.try_acquire_for(20ms)); }) >= 20ms);
  CHECK(time_of([&] { CHECK_FALSE(permits.try_acquire_for(1500us, ec)); }) >= 1500us);
  CHECK_FALSE(ec);
  const auto when = clock::now() + 5ms;
  CHECK_FALSE(permits.try_acquire_until(when));
  CHECK(clock::now() >= when);
  CHECK(permits.wait_for(1ms) == wait_status::timeout);
  CHECK(permits.release() == 0);
}

TEST_CASE("release gives permits and tells how many there were", "[semaphore][SEM-03]") {
  auto permits = semaphore::create({.initial = 2, .maximum = 10});
  CHECK(permits.release() == 2);
  CHECK(permits.release(4) == 3);
  std::error_code ec = make_error_code(errc::busy);
  CHECK(permits.release(3, ec) == 7);
  CHECK_FALSE(ec);
  CHECK(count_of(permits) == 10);
}

TEST_CASE("more permits than the maximum are limit_exceeded and change nothing",
          "[semaphore][SEM-04]") {
  auto permits = semaphore::create({.initial = 2, .maximum = 3});
  std::error_code ec;
  for (const std::int32_t count : {2, 3, most - 1, most}) {
    CAPTURE(count);
    CHECK(permits.release(count, ec) == 0);
    CHECK(ec == errc::limit_exceeded);
    CHECK(thrown_by([&] { permits.release(count); }).code == errc::limit_exceeded);
  }
  CHECK(permits.release() == 2);
  CHECK(count_of(permits) == 3);
}

TEST_CASE("releasing fewer than one permit is invalid_argument", "[semaphore][SEM-05]") {
  auto permits = semaphore::create({.initial = 1, .maximum = 3});
  std::error_code ec;
  for (const std::int32_t count : {0, -1, -most, -most - 1}) {
    CAPTURE(count);
    CHECK(permits.release(count, ec) == 0);
    CHECK(ec == errc::invalid_argument);
    CHECK(thrown_by([&] { permits.release(count); }).code == errc::invalid_argument);
  }
  CHECK(count_of(permits) == 1);
}

TEST_CASE("a release lets as many waiters through as it gives permits", "[semaphore][SEM-06]") {
  auto permits = semaphore::create();
  crowd waiters;
  for (int i = 0; i < 6; ++i) waiters.add([&] { return permits.wait_for(patience()); });
  REQUIRE(waiters.blocks());
  permits.release(4);
  CHECK(waiters.exactly(4));
  CHECK_FALSE(permits.try_acquire());
  permits.release(2);
  REQUIRE(waiters.all());
  CHECK(waiters.count(signaled) == 6);
  CHECK(count_of(permits) == 0);
}

TEST_CASE("while somebody waits, a release finds no permits there", "[semaphore][SEM-03][SEM-06]") {
  auto permits = semaphore::create();
  crowd waiters;
  for (int i = 0; i < 3; ++i) waiters.add([&] { return permits.wait_for(patience()); });
  REQUIRE(waiters.blocks());
  for (int i = 0; i < 3; ++i) CHECK(permits.release() == 0);
  CHECK(permits.release() == 0);
  CHECK(permits.release() == 1);
  REQUIRE(waiters.all());
  CHECK(count_of(permits) == 2);
}

TEST_CASE("what a release gives to a waiter the releaser cannot take", "[semaphore][SEM-06]") {
  for (int round = 0; round < 10; ++round) {
    auto permits = semaphore::create();
    crowd waiters;
    waiters.add([&] { return permits.wait_for(patience()); });
    REQUIRE(waiters.blocks());
    permits.release();
    CHECK_FALSE(permits.try_acquire());
    REQUIRE(waiters.all());
    CHECK(waiters.count(signaled) == 1);
  }
}

TEST_CASE("permits belong to nobody: any thread releases, and an ending one takes its own along",
          "[semaphore][SEM-07]") {
  auto permits = semaphore::create({.initial = 2, .maximum = 2});
  permits.acquire();
  in_thread([&] { permits.release(); });
  CHECK(count_of(permits) == 2);
  in_thread([&] { permits.acquire(); });
  CHECK(permits.wait_for(0s) == wait_status::signaled);
  CHECK(permits.wait_for(0s) == wait_status::timeout);
}

TEST_CASE("acquiring needs the right to wait, releasing that to modify",
          "[semaphore][SEM-08][DUP-02]") {
  auto full = semaphore::create({.initial = 1, .maximum = 2});
  auto giver = full.duplicate(access::modify);
  auto taker = full.duplicate(access::wait);
  std::error_code ec;
  giver.acquire(ec);
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(giver.try_acquire(ec));
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(giver.try_acquire_for(1ms, ec));
  CHECK(ec == errc::access_denied);
  CHECK(thrown_by([&] { giver.acquire(); }).code == errc::access_denied);
  CHECK(taker.release(1, ec) == 0);
  CHECK(ec == errc::access_denied);
  CHECK(thrown_by([&] { taker.release(); }).code == errc::access_denied);
  CHECK(giver.release() == 1);
  CHECK(taker.try_acquire());
  CHECK(count_of(full) == 1);
}

TEST_CASE("a semaphore that is found keeps its counts", "[semaphore][CRE-08]") {
  const auto name = unique_name("found");
  auto first = semaphore::create({.name = name, .initial = 1, .maximum = 3});
  auto second = semaphore::open_or_create({.name = name, .initial = 5, .maximum = 9});
  CHECK_FALSE(second.created());
  CHECK(count_of(second) == 1);
  CHECK(second.release(2) == 1);
  std::error_code ec;
  second.release(1, ec);
  CHECK(ec == errc::limit_exceeded);
}

TEST_CASE("closing one of several handles gives no permit back", "[semaphore][LIFE-05]") {
  const auto name = unique_name("close");
  auto first = semaphore::create({.name = name, .initial = 1, .maximum = 1});
  auto second = semaphore::open({.name = name});
  second.acquire();
  second.close();
  CHECK_FALSE(first.try_acquire());
}

TEST_CASE("operations on an empty semaphore are invalid_argument", "[semaphore]") {
  semaphore empty;
  std::error_code ec;
  empty.acquire(ec);
  CHECK(ec == errc::invalid_argument);
  CHECK_FALSE(empty.try_acquire(ec));
  CHECK(ec == errc::invalid_argument);
  CHECK_FALSE(empty.try_acquire_for(1ms, ec));
  CHECK(ec == errc::invalid_argument);
  CHECK_FALSE(empty.try_acquire_until(clock::now(), ec));
  CHECK(ec == errc::invalid_argument);
  CHECK(empty.wait_for(0s, ec) == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  CHECK(empty.release(1, ec) == 0);
  CHECK(ec == errc::invalid_argument);
  CHECK(thrown_by([&] { empty.acquire(); }).code == errc::invalid_argument);
  CHECK(thrown_by([&] { empty.release(); }).code == errc::invalid_argument);
  auto moved = semaphore::create({.initial = 1});
  auto held = std::move(moved);
  CHECK_FALSE(moved.try_acquire(ec));
  CHECK(ec == errc::invalid_argument);
  CHECK(held.try_acquire());
}

TEST_CASE("what a semaphore throws names what was called", "[semaphore]") {
  const auto name = unique_name("text");
  auto permits = semaphore::create({.name = name, .maximum = 1});
  const auto too_many = thrown_by([&] { permits.release(2); });
  CHECK_THAT(too_many.text, Catch::Matchers::StartsWith("semaphore::release(\"" + name + "\"): "));
  auto giver = permits.duplicate(access::modify);
  const auto denied = thrown_by([&] { giver.acquire(); });
  CHECK_THAT(denied.text, Catch::Matchers::StartsWith("semaphore::acquire(\"" + name + "\"): "));
}

TEST_CASE("no permit is lost or doubled among many threads", "[semaphore][SEM-02][SEM-03]") {
  constexpr int threads = 6;
  auto permits = semaphore::create({.initial = 2, .maximum = 2});
  std::atomic<int> inside = 0;
  std::atomic<int> wrong = 0;
  crowd users;
  for (int i = 0; i < threads; ++i) {
    users.add([&, i] {
      for (int round = 0; round < 200; ++round) {
        const auto limit = round % 3 == i % 3 ? 100us : std::chrono::microseconds(patience());
        if (!permits.try_acquire_for(limit)) continue;
        if (++inside > 2) ++wrong;
        --inside;
        std::error_code ec;
        permits.release(1, ec);
        if (ec) ++wrong;
      }
      return wait_status::signaled;
    });
  }
  REQUIRE(users.all());
  CHECK(wrong == 0);
  CHECK(count_of(permits) == 2);
}
