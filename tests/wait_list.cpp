// SPDX-License-Identifier: MIT
//
// What may be in the list of a wait for several objects, and what is checked before it begins.
#include "support/crowd.hpp"
#include "support/errors.hpp"
#include "support/mutexes.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/isthmus.hpp>
#include <isthmus/native.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <cstddef>
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
using isthmus::wait_all;
using isthmus::wait_all_for;
using isthmus::wait_any;
using isthmus::wait_any_for;
using isthmus::wait_ref;
using isthmus::wait_status;

namespace {

std::vector<event> events(std::size_t count) {
  std::vector<event> made(count);
  for (auto& each : made) each = event::create();
  return made;
}

std::vector<wait_ref> refs(std::vector<event>& objects) { return {objects.begin(), objects.end()}; }

}  // namespace

TEST_CASE("a wait is for 1 to 64 objects", "[wait][WAIT-04]") {
  auto objects = events(65);
  auto list = refs(objects);
  objects[64].set();
  std::error_code ec;
  CHECK(wait_any(list, ec).status == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  CHECK(wait_any_for(std::vector<wait_ref>(), 0s, ec).status == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  CHECK(thrown_by([&] { (void)wait_any_for(list, 0s); }).code == errc::invalid_argument);
  CHECK(thrown_by([&] { (void)wait_any_for({}, 0s); }).code == errc::invalid_argument);
  CHECK(ready_now(objects[64]));

  list.pop_back();
  CHECK(wait_any_for(list, 0s) == timeout);
  for (const std::size_t index : {63u, 0u, 31u}) {
    objects[index].set();
    CHECK(wait_any_for(list, patience()) == signaled_at(index));
  }
  list.resize(1, list.front());
  objects[0].set();
  CHECK(wait_any(list) == signaled_at(0));
}

TEST_CASE("the last of 64 objects wakes a wait for any", "[wait][WAIT-04][WAIT-06]") {
  auto objects = events(64);
  const auto list = refs(objects);
  crowd waiters;
  waiters.add([&] { return wait_any_for(list, patience()); });
  REQUIRE(waiters.blocks());
  objects[63].set();
  REQUIRE(waiters.all());
  CHECK(waiters.count(signaled_at(63)) == 1);
}

TEST_CASE("an object may be twice in a wait for any", "[wait][WAIT-12]") {
  auto permits = semaphore::create({.initial = 1, .maximum = 1});
  auto again = permits.duplicate();
  auto never = event::create();
  CHECK(wait_any_for({never, permits, permits, again}, 0s) == signaled_at(1));
  CHECK(wait_any_for({never, permits, permits, again}, 0s) == timeout);
  crowd waiters;
  waiters.add([&] { return wait_any_for({never, permits, permits, again}, patience()); });
  REQUIRE(waiters.blocks());
  CHECK(permits.release() == 0);
  REQUIRE(waiters.all());
  const auto result = waiters.results().front();
  CHECK(result.status == wait_status::signaled);
  CHECK(result.index >= 1);
  CHECK_FALSE(permits.try_acquire());

  auto guard = mutex::create();
  CHECK(wait_any_for({guard, guard}, 0s) == signaled_at(0));
  guard.unlock();
  std::error_code ec;
  guard.unlock(ec);
  CHECK(ec == errc::not_owner);
}

TEST_CASE("all handles of a wait for any are checked before anything changes", "[wait][WAIT-13]") {
  auto set = event::create({.initially_set = true});
  event empty;
  auto narrow = event::create().duplicate(access::modify);
  std::error_code ec;
  CHECK(wait_any({set, empty}, ec).status == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  CHECK(wait_any({set, narrow}, ec).status == wait_status::failed);
  CHECK(ec == errc::access_denied);
  CHECK(wait_any_for({set, narrow}, 1h, ec).status == wait_status::failed);
  CHECK(ec == errc::access_denied);
  const auto thrown = thrown_by([&] { (void)wait_any_for({set, empty}, 0s); });
  CHECK(thrown.code == errc::invalid_argument);
  CHECK_THAT(thrown.text, Catch::Matchers::StartsWith("wait_any: object 1 of 2: "));
  auto held = std::move(set);
  CHECK(wait_any_for({held, set}, 0s, ec).status == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  CHECK(ready_now(held));
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
