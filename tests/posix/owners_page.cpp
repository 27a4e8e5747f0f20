// SPDX-License-Identifier: MIT
//
// Owners that close their handles, and the pages that have to stay for them.
#include "forked.hpp"

#include "support/mutexes.hpp"
#include "support/names.hpp"
#include "support/threads.hpp"

#include <isthmus/channel.hpp>
#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <system_error>
#include <thread>
#include <utility>

using namespace white;
using isthmus::errc;
using isthmus::mutex;
using isthmus::wait_status;

TEST_CASE(
    "a mutex that its owner closes and opens again is still its own, and abandoned at its end",
    "[owners][LIFE-04][LIFE-05][MTX-04]") {
  const auto name = support::unique_name("reopened");
  shared<std::array<std::atomic<bool>, 2>> flags;
  forked holder([&] {  // elsewhere: a child would find its parent's mapping
    const auto made = mutex::create({.name = name});
    (*flags)[0] = true;
    await([&] { return (*flags)[1].load(); });
    return 0;
  });
  REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
  for (const bool unlocked : {true, false}) {
    CAPTURE(unlocked);
    CHECK(in_child([&] {
            auto mine = mutex::open({.name = name});
            if (!mine.try_lock()) return 1;
            mine.close();
            auto again = mutex::open({.name = name});
            if (!again.try_lock()) return 2;  // a second time
            again.unlock();
            again.close();
            auto last = mutex::open({.name = name});
            if (unlocked) last.unlock();
            std::error_code ec;
            if (unlocked) last.unlock(ec);
            return unlocked == (ec == errc::not_owner) ? 0 : 3;
          }) == 0);
    CHECK(in_child([&] {
            auto other = mutex::open({.name = name});
            const auto status = support::lock_within(other);
            other.unlock();
            return status == (unlocked ? wait_status::signaled : wait_status::abandoned) ? 0 : 1;
          }) == 0);
  }
  (*flags)[1] = true;
  CHECK(holder.ended() == 0);
}

TEST_CASE("a mutex whose handle is closed by its owner is abandoned when the owner ends",
          "[owners][LIFE-04][LIFE-05][MTX-06]") {
  auto guard = mutex::create({.name = support::unique_name("closed")});
  for (int round = 0; round < 3; ++round) {
    shared<std::array<std::atomic<bool>, 2>> flags;
    forked process([&] {
      mutex mine = std::move(guard);
      bool locked = false;
      std::thread owner([&] {
        locked = mine.try_lock();
        mine.close();
        // Pages come and go meanwhile; that of the mutex must not.
        for (int i = 0; i < 50; ++i) {
          auto other = mutex::create();
          locked = other.try_lock() && locked;
          if (i % 2 == 0) other.unlock();
        }
        (*flags)[0] = true;
        await([&] { return (*flags)[1].load(); });
      });
      owner.join();
      return locked ? 0 : 1;
    });
    REQUIRE(support::eventually([&] { return (*flags)[0].load(); }));
    CHECK_FALSE(guard.try_lock());
    (*flags)[1] = true;
    CHECK(support::lock_within(guard) == wait_status::abandoned);
    guard.unlock();
    CHECK(process.ended() == 0);
  }
}

TEST_CASE("what was locked through one mapping is unlocked through another", "[owners][DUP-01]") {
  auto guard = mutex::create();
  auto [mine, theirs] = isthmus::channel::pair();
  mine.send(guard, "");
  auto other = theirs.receive(support::patience()).object.take<mutex>();
  for (int round = 0; round < 3; ++round) {
    REQUIRE(guard.try_lock());
    CHECK(other.try_lock());
    CHECK_FALSE(support::in_thread([&] { return other.try_lock() || guard.try_lock(); }));
    other.unlock();
    other.unlock();  // the one that the other handle has locked
    CHECK(support::in_thread([&] {
      const bool locked = guard.try_lock();
      other.unlock();
      return locked;
    }));
    std::error_code ec;
    guard.unlock(ec);
    CHECK(ec == errc::not_owner);
  }
}
