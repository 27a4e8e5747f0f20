// SPDX-License-Identifier: MIT
//
// Waits for all of several objects.
#include "support/crowd.hpp"
#include "support/errors.hpp"
#include "support/names.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/isthmus.hpp>
#include <isthmus/native.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <system_error>
#include <utility>
#include <vector>

using namespace support;
using isthmus::access;
using isthmus::errc;
using isthmus::event;
using isthmus::mutex;
using isthmus::reset_mode;
using isthmus::semaphore;
using isthmus::timer;
using isthmus::wait_all;
using isthmus::wait_all_for;
using isthmus::wait_all_until;
using isthmus::wait_ref;
using isthmus::wait_status;

namespace {

bool is_free(mutex& guard) {
  return in_thread([&] {
    if (!guard.try_lock()) return false;
    guard.unlock();
    return true;
  });
}

}  // namespace

TEST_CASE("a wait for all takes all of them, of whatever kinds",
          "[wait][WAIT-03][WAIT-07][WAIT-08]") {
  auto call = event::create({.initially_set = true});
  auto gate = event::create({.mode = reset_mode::manual, .initially_set = true});
  auto permits = semaphore::create({.initial = 2, .maximum = 2});
  auto guard = mutex::create();
  auto alarm = timer::create();
  alarm.arm(1ms);
  CHECK(wait_all({gate, call, permits, guard, alarm}) == signaled);
  CHECK_FALSE(ready_now(call));
  CHECK(ready_now(gate));
  CHECK(permits.release() == 1);
  CHECK_FALSE(is_free(guard));
  CHECK_FALSE(ready_now(alarm));
  guard.unlock();
  CHECK(is_free(guard));
}

TEST_CASE("a wait for all that times out has taken nothing, and not too early",
          "[wait][WAIT-01][WAIT-07]") {
  auto call = event::create({.initially_set = true});
  auto permits = semaphore::create({.initial = 1, .maximum = 2});
  auto guard = mutex::create();
  auto never = event::create();
  for (const std::chrono::nanoseconds limit :
       std::initializer_list<std::chrono::nanoseconds>{0ns, 1ns, 999us, 1ms, 20ms}) {
    CAPTURE(limit.count());
    CHECK(time_of([&] {
            CHECK(wait_all_for({call, permits, guard, never}, limit) == timeout);
          }) >= limit);
  }
  const auto steady = clock::now() + 5ms;
  CHECK(wait_all_until({call, permits, guard, never}, steady) == timeout);
  CHECK(clock::now() >= steady);
  std::error_code ec = make_error_code(errc::busy);
  CHECK(wait_all_until({never, call, permits, guard}, std::chrono::system_clock::now(), ec) ==
        timeout);
  CHECK_FALSE(ec);
  CHECK(ready_now(call));
  CHECK(permits.release() == 1);
  CHECK(is_free(guard));
  guard.unlock(ec);
  CHECK(ec == errc::not_owner);
}

TEST_CASE("while a wait for all lacks one object, others may take the rest", "[wait][WAIT-07]") {
  auto first = event::create({.initially_set = true});
  auto guard = mutex::create();
  auto last = event::create();
  crowd waiters;
  waiters.add([&] {
    const auto result = wait_all_for({first, guard, last}, patience());
    guard.unlock();
    return result;
  });
  REQUIRE(waiters.blocks());
  CHECK(ready_now(first));
  CHECK(guard.try_lock());
  last.set();
  CHECK(waiters.exactly(0));
  first.set();
  CHECK(waiters.exactly(0));
  CHECK(ready_now(last));
  last.set();
  guard.unlock();
  REQUIRE(waiters.all());
  CHECK(waiters.count(signaled) == 1);
  CHECK_FALSE(ready_now(first));
  CHECK_FALSE(ready_now(last));
}

TEST_CASE("whichever object comes last completes a wait for all", "[wait][WAIT-07]") {
  for (int last = 0; last < 4; ++last) {
    CAPTURE(last);
    auto call = event::create();
    auto permits = semaphore::create();
    auto alarm = timer::create();
    auto guard = mutex::create();
    worker owner;
    owner.run([&] { guard.lock(); });
    crowd waiters;
    waiters.add([&] {
      const auto result = wait_all_for({call, permits, alarm, guard}, patience());
      guard.unlock();
      return result;
    });
    REQUIRE(waiters.blocks());
    for (int i = 1; i <= 4; ++i) {
      if (i == 4) CHECK(waiters.exactly(0));
      switch ((last + i) % 4) {
        case 0:
          call.set();
          break;
        case 1:
          permits.release();
          break;
        case 2:
          alarm.arm(1ms);
          break;
        default:
          owner.run([&] { guard.unlock(); });
      }
    }
    REQUIRE(waiters.all());
    CHECK(waiters.count(signaled) == 1);
    CHECK_FALSE(ready_now(call));
    CHECK_FALSE(ready_now(permits));
    CHECK_FALSE(ready_now(alarm));
    CHECK(is_free(guard));
  }
}

TEST_CASE("a wait for all is for 1 to 64 objects", "[wait][WAIT-04]") {
  std::vector<event> objects(65);
  for (auto& each : objects) each = event::create({.initially_set = true});
  std::vector<wait_ref> list(objects.begin(), objects.end());
  std::error_code ec;
  CHECK(wait_all(list, ec).status == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  CHECK(wait_all_for(std::vector<wait_ref>(), 0s, ec).status == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  CHECK(thrown_by([&] { (void)wait_all_for({}, 0s); }).code == errc::invalid_argument);
  list.pop_back();
  CHECK(wait_all_for(list, patience()) == signaled);
  CHECK(wait_all_for(list, 0s) == timeout);
  CHECK(ready_now(objects[64]));

  crowd waiters;
  waiters.add([&] { return wait_all_for(list, patience()); });
  REQUIRE(waiters.blocks());
  for (std::size_t i = 0; i < 64; ++i) objects[i].set();
  REQUIRE(waiters.all());
  CHECK(waiters.count(signaled) == 1);
  for (auto& each : objects) CHECK_FALSE(ready_now(each));
  list.resize(1, list.front());
  objects[0].set();
  CHECK(wait_all(list) == signaled);
}

TEST_CASE("all tells of an abandoned mutex, and all of them say so", "[wait][WAIT-10][MTX-07]") {
  auto dead = mutex::create();
  auto other = mutex::create();
  auto call = event::create({.initially_set = true});
  in_thread([&] {
    dead.lock();
    dead.lock();
  });
  CHECK(wait_all_for({call, other, dead}, 1h) == abandoned);
  CHECK(dead.abandoned());
  CHECK(other.abandoned());
  CHECK_FALSE(is_free(dead));
  CHECK_FALSE(is_free(other));
  CHECK_FALSE(ready_now(call));
  dead.unlock();
  other.unlock();
  CHECK(is_free(dead));
  CHECK(is_free(other));
  call.set();
  CHECK(wait_all_for({call, other, dead}, 1h) == signaled);
  CHECK_FALSE(dead.abandoned());
  CHECK_FALSE(other.abandoned());
  dead.unlock();
  other.unlock();
}

TEST_CASE("a wait for all that lacks something leaves an abandoned mutex its mark",
          "[wait][WAIT-07][WAIT-10][MTX-10]") {
  auto dead = mutex::create();
  auto never = event::create();
  in_thread([&] { dead.lock(); });
  CHECK(wait_all_for({dead, never}, 0s) == timeout);
  CHECK(wait_all_for({never, dead}, 5ms) == timeout);
  CHECK(dead.lock() == wait_status::abandoned);
  dead.unlock();
}

TEST_CASE("a thread that waits for all is told when a mutex becomes abandoned",
          "[wait][WAIT-10][MTX-09]") {
  auto guard = mutex::create();
  auto call = event::create({.initially_set = true});
  worker owner;
  owner.run([&] { guard.lock(); });
  crowd waiters;
  waiters.add([&] {
    const auto result = wait_all_for({call, guard}, patience());
    guard.unlock();
    return result;
  });
  REQUIRE(waiters.blocks());
  owner.end();
  REQUIRE(waiters.all());
  CHECK(waiters.count(abandoned) == 1);
  CHECK_FALSE(ready_now(call));
}

TEST_CASE("a mutex that the thread owns already does not hold up a wait for all",
          "[wait][WAIT-11][MTX-02]") {
  auto guard = mutex::create({.initially_owned = true});
  auto call = event::create({.initially_set = true});
  CHECK(wait_all_for({call, guard}, 1h) == signaled);
  guard.unlock();
  CHECK_FALSE(is_free(guard));
  CHECK(wait_all_for({guard, call}, 0s) == timeout);
  guard.unlock();
  CHECK(is_free(guard));
}

TEST_CASE("the same object twice in a wait for all is invalid_argument, through any handles",
          "[wait][WAIT-12]") {
  const auto name = unique_name("twice");
  auto permits = semaphore::create({.name = name, .initial = 5});
  auto opened = semaphore::open({.name = name});
  auto duplicate = permits.duplicate();
  auto adopted = isthmus::semaphore_from_native(copy_of(isthmus::native_handle(permits)),
                                                access::wait | access::modify);
  auto other = event::create({.initially_set = true});
  std::error_code ec;
  for (semaphore* const again : {&permits, &opened, &duplicate, &adopted}) {
    CHECK(wait_all_for({permits, other, *again}, 0s, ec).status == wait_status::failed);
    CHECK(ec == errc::invalid_argument);
    ec.clear();
  }
  CHECK(wait_all_for({opened, duplicate}, 0s, ec).status == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  CHECK(thrown_by([&] {
          (void)wait_all_for({adopted, opened}, 0s);
        }).code == errc::invalid_argument);
  CHECK(permits.release() == 5);
  CHECK(ready_now(other));

  auto gate = event::create({.mode = reset_mode::manual, .initially_set = true});
  auto gate_too = gate.duplicate();
  CHECK(wait_all_for({gate, gate_too}, 0s, ec).status == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  auto guard = mutex::create();
  auto guard_too = guard.duplicate();
  CHECK(wait_all_for({guard, guard_too}, 0s, ec).status == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  CHECK(is_free(guard));
  // Alike is not the same.
  auto twin = semaphore::create({.initial = 5});
  auto triplet = semaphore::create({.initial = 5});
  CHECK(wait_all_for({permits, twin, triplet}, 0s) == signaled);
}

TEST_CASE("all handles of a wait for all are checked before anything changes", "[wait][WAIT-13]") {
  auto set = event::create({.initially_set = true});
  event empty;
  auto narrow = event::create({.initially_set = true}).duplicate(access::modify);
  std::error_code ec;
  CHECK(wait_all({set, empty}, ec).status == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  CHECK(wait_all_for({set, narrow}, 0s, ec).status == wait_status::failed);
  CHECK(ec == errc::access_denied);
  const auto thrown = thrown_by([&] { (void)wait_all_for({set, narrow}, 0s); });
  CHECK(thrown.code == errc::access_denied);
  CHECK_THAT(thrown.text, Catch::Matchers::StartsWith("wait_all: object 1 of 2: "));
  CHECK(ready_now(set));
}

TEST_CASE("waits for the same objects in opposite orders never hold each other up",
          "[wait][WAIT-07]") {
  constexpr int rounds = 300;
  auto guard = mutex::create();
  auto permits = semaphore::create({.initial = 1, .maximum = 1});
  auto call = event::create({.initially_set = true});
  int inside = 0;
  std::atomic<int> wrong = 0;
  crowd users;
  for (int i = 0; i < 4; ++i) {
    users.add([&, i] {
      for (int round = 0; round < rounds; ++round) {
        const auto result = i % 2 == 0 ? wait_all_for({guard, permits, call}, patience())
                                       : wait_all_for({call, permits, guard}, patience());
        if (result != signaled) return result;
        if (++inside != 1) ++wrong;
        --inside;
        call.set();
        permits.release();
        guard.unlock();
      }
      return signaled;
    });
  }
  REQUIRE(users.all());
  CHECK(wrong == 0);
  CHECK(users.count(signaled) == 4);
  CHECK(wait_all_for({guard, permits, call}, 0s) == signaled);
  guard.unlock();
}
