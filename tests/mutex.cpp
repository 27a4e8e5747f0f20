// SPDX-License-Identifier: MIT
#include <isthmus/mutex.hpp>

#include "support/errors.hpp"
#include "support/mutexes.hpp"
#include "support/names.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <array>
#include <system_error>
#include <utility>

using namespace support;
using isthmus::access;
using isthmus::errc;
using isthmus::mutex;
using isthmus::wait_status;

TEST_CASE("lock takes the mutex and unlock gives it back", "[mutex][MTX-01]") {
  auto guard = mutex::create();
  CHECK(guard.lock() == wait_status::signaled);
  CHECK_FALSE(is_free(guard));
  guard.unlock();
  CHECK(is_free(guard));
  std::error_code ec = make_error_code(errc::busy);
  CHECK(guard.lock(ec) == wait_status::signaled);
  CHECK_FALSE(ec);
  CHECK_FALSE(is_free(guard));
  ec = make_error_code(errc::busy);
  guard.unlock(ec);
  CHECK_FALSE(ec);
  CHECK(is_free(guard));
}

TEST_CASE("try_lock takes a free mutex and leaves one that others own", "[mutex][MTX-01][MTX-12]") {
  auto guard = mutex::create();
  REQUIRE(guard.try_lock());
  CHECK_FALSE(in_thread([&] { return guard.try_lock(); }));
  std::error_code ec = make_error_code(errc::busy);
  CHECK_FALSE(in_thread([&] { return guard.try_lock(ec); }));
  CHECK_FALSE(ec);
  guard.unlock();
  ec = make_error_code(errc::busy);
  CHECK(guard.try_lock(ec));
  CHECK_FALSE(ec);
  guard.unlock();
}

TEST_CASE("an owner may lock again, and unlocks as often", "[mutex][MTX-02]") {
  auto guard = mutex::create();
  constexpr int depth = 5;
  CHECK(guard.lock() == wait_status::signaled);
  CHECK(guard.lock() == wait_status::signaled);
  CHECK(guard.try_lock());
  CHECK(guard.try_lock_for(1h));
  CHECK(guard.try_lock_for(0s));
  for (int i = 1; i < depth; ++i) {
    guard.unlock();
    CHECK_FALSE(is_free(guard));
  }
  guard.unlock();
  CHECK(is_free(guard));
  CHECK(is_not_owner(guard));
}

TEST_CASE("deep recursion is counted exactly", "[mutex][MTX-02]") {
  auto guard = mutex::create();
  constexpr int depth = 1000;
  for (int i = 0; i < depth; ++i) guard.lock();
  for (int i = 1; i < depth; ++i) guard.unlock();
  CHECK_FALSE(is_free(guard));
  guard.unlock();
  CHECK(is_free(guard));
}

TEST_CASE("unlock by a thread that is not the owner is not_owner and changes nothing",
          "[mutex][MTX-03]") {
  auto guard = mutex::create();
  std::error_code ec;
  guard.unlock(ec);
  CHECK(ec == errc::not_owner);
  CHECK(code_of([&] { guard.unlock(); }) == errc::not_owner);

  guard.lock();
  const auto [code, text] = in_thread([&] { return thrown_by([&] { guard.unlock(); }); });
  CHECK(code == errc::not_owner);
  CHECK_THAT(text, Catch::Matchers::StartsWith("mutex::unlock"));
  CHECK_FALSE(is_free(guard));
  guard.unlock();
  CHECK(is_free(guard));
}

TEST_CASE("a mutex may be made owned, once", "[mutex][MTX-05]") {
  auto guard = mutex::create({.name = unique_name("owned"), .initially_owned = true});
  CHECK_FALSE(is_free(guard));
  guard.unlock();
  CHECK(is_free(guard));
  std::error_code ec;
  guard.unlock(ec);
  CHECK(ec == errc::not_owner);

  auto unnamed = mutex::create({.initially_owned = true});
  CHECK_FALSE(is_free(unnamed));
  auto either = mutex::open_or_create({.name = unique_name("owned"), .initially_owned = true});
  CHECK(either.created());
  CHECK_FALSE(is_free(either));
}

TEST_CASE("initially_owned is ignored where the mutex exists", "[mutex][CRE-07]") {
  const auto name = unique_name("ignored");
  auto first = mutex::create({.name = name});
  auto second = mutex::open_or_create({.name = name, .initially_owned = true});
  CHECK_FALSE(second.created());
  CHECK(is_free(first));
  std::error_code ec;
  second.unlock(ec);
  CHECK(ec == errc::not_owner);
  CHECK_FALSE(mutex::create({.name = name, .initially_owned = true}, ec));
  CHECK(is_free(first));
}

TEST_CASE("ownership is the thread's, through whichever handle", "[mutex][MTX-01][LIFE-05]") {
  const auto name = unique_name("handles");
  auto first = mutex::create({.name = name});
  auto second = mutex::open({.name = name});
  auto third = first.duplicate();
  first.lock();
  CHECK(second.try_lock());
  CHECK(third.try_lock());
  second.unlock();
  second.unlock();
  CHECK_FALSE(is_free(first));
  third.unlock();
  CHECK(is_free(first));
}

TEST_CASE("closing one of several handles does not unlock", "[mutex][LIFE-05]") {
  const auto name = unique_name("close");
  auto first = mutex::create({.name = name});
  auto second = mutex::open({.name = name});
  second.lock();
  second.close();
  CHECK_FALSE(is_free(first));
  first.unlock();
  CHECK(is_free(first));
}

TEST_CASE("an owned mutex goes quietly with its last handle", "[mutex][LIFE-04][LIFE-06][MTX-10]") {
  const auto name = unique_name("quiet");
  auto guard = mutex::create({.name = name});
  guard.lock();
  guard.lock();
  guard.close();
  auto again = mutex::create({.name = name});
  CHECK(is_free(again));
  CHECK(lock_within(again) == wait_status::signaled);
  CHECK_FALSE(again.abandoned());
  again.unlock();
  CHECK(is_not_owner(again));
}

TEST_CASE("moving a handle leaves the mutex owned", "[mutex][MTX-19]") {
  auto first = mutex::create();
  first.lock();
  auto second = std::move(first);
  CHECK_FALSE(is_free(second));
  second.unlock();
  CHECK(is_free(second));
  first = std::move(second);
  CHECK(first.try_lock());
  first.unlock();
}

TEST_CASE("mutexes may be unlocked in any order", "[mutex][MTX-19]") {
  std::array guards{mutex::create(), mutex::create(), mutex::create()};
  for (auto& guard : guards) guard.lock();
  guards[0].unlock();
  CHECK(is_free(guards[0]));
  CHECK_FALSE(is_free(guards[1]));
  guards[2].unlock();
  CHECK_FALSE(is_free(guards[1]));
  guards[1].unlock();
  CHECK(is_free(guards[1]));
}

TEST_CASE("operations on an empty mutex are invalid_argument", "[mutex]") {
  mutex empty;
  std::error_code ec;
  CHECK(empty.lock(ec) == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  CHECK_FALSE(empty.try_lock(ec));
  CHECK(ec == errc::invalid_argument);
  CHECK_FALSE(empty.try_lock_for(1ms, ec));
  CHECK(ec == errc::invalid_argument);
  CHECK_FALSE(empty.try_lock_until(clock::now(), ec));
  CHECK(ec == errc::invalid_argument);
  empty.unlock(ec);
  CHECK(ec == errc::invalid_argument);
  CHECK(code_of([&] { empty.lock(); }) == errc::invalid_argument);
  CHECK(code_of([&] { (void)empty.try_lock(); }) == errc::invalid_argument);
  CHECK(code_of([&] { (void)empty.try_lock_for(1ms); }) == errc::invalid_argument);
  CHECK(code_of([&] { empty.unlock(); }) == errc::invalid_argument);
  CHECK_FALSE(empty.abandoned());

  auto moved = mutex::create();
  const auto held = std::move(moved);
  CHECK(moved.lock(ec) ==
        wait_status::failed);  // NOLINT(bugprone-use-after-move): that is the test
  CHECK(ec == errc::invalid_argument);
  auto closed = held.duplicate();
  closed.close();
  CHECK_FALSE(closed.try_lock(ec));
  CHECK(ec == errc::invalid_argument);
  CHECK(closed.lock(ec) == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  closed.unlock(ec);
  CHECK(ec == errc::invalid_argument);
}

TEST_CASE("locking needs the right to wait, unlocking needs none", "[mutex][MTX-04][DUP-02]") {
  auto full = mutex::create();
  auto narrow = full.duplicate(access::modify);
  std::error_code ec;
  CHECK(narrow.lock(ec) == wait_status::failed);
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(narrow.try_lock(ec));
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(narrow.try_lock_for(1ms, ec));
  CHECK(ec == errc::access_denied);
  CHECK(code_of([&] { narrow.lock(); }) == errc::access_denied);
  CHECK(is_free(full));

  full.lock();
  narrow.unlock(ec);
  CHECK_FALSE(ec);
  CHECK(is_free(full));

  auto waiting = full.duplicate(access::wait);
  waiting.lock();
  waiting.unlock();
  CHECK(is_free(full));
}
