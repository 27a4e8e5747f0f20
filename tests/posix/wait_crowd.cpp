// SPDX-License-Identifier: MIT
//
// More waiters than an object's word can count, and promises to waiters for any of several.
#include "crowd.hpp"
#include "states.hpp"

#include <isthmus/event.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <memory>
#include <vector>

#include <pthread.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::semaphore;
using isthmus::wait_status;

namespace {

/// Many threads, with small stacks.
class threads {
 public:
  explicit threads(std::function<void(int)> work) : work_(std::move(work)) {}
  threads(const threads&) = delete;
  threads& operator=(const threads&) = delete;
  ~threads() {
    for (const pthread_t one : all_) ::pthread_join(one, nullptr);
  }

  void start(int number) {
    pthread_attr_t small;
    ::pthread_attr_init(&small);
    ::pthread_attr_setstacksize(&small, std::size_t{256} * 1024);
    for (int i = 0; i < number; ++i) {
      pthread_t made{};
      REQUIRE(::pthread_create(&made, &small, run, this) == 0);
      all_.push_back(made);
    }
    ::pthread_attr_destroy(&small);
  }

 private:
  static void* run(void* self) {
    auto& mine = *static_cast<threads*>(self);
    mine.work_(mine.next_++);
    return nullptr;
  }

  std::function<void(int)> work_;
  std::atomic<int> next_ = 0;
  std::vector<pthread_t> all_;
};

}  // namespace

TEST_CASE("600 waiters of one semaphore get a permit each", "[semaphore][SEM-06][SEM-11]") {
  constexpr int number = 600;
  auto tokens = semaphore::create({.initial = 0, .maximum = number});
  const page_of page(tokens);
  std::atomic<int> served = 0;
  threads waiters([&](int) {
    if (tokens.try_acquire_for(support::patience())) ++served;
  });
  waiters.start(number);
  REQUIRE(page.has_waiting(511));
  tokens.release();
  CHECK(support::eventually([&] { return served == 1; }, slice + slack()));
  CHECK(tokens.release(number - 1) == 0);
  CHECK(support::eventually([&] { return served == number; }));
  CHECK_FALSE(tokens.try_acquire_for(support::moment));
  CHECK(page.waiting() == 0);
  CHECK(page.granted() == 0);
}

TEST_CASE("of 300 waits for all that sleep on one event those that remain are called",
          "[event][EVT-01][WAIT-07]") {
  auto fastest = support::clock::duration::max();
  for (int round = 0; round < 3; ++round) {
    auto ready = event::create({.mode = isthmus::reset_mode::manual});
    auto tokens = semaphore::create({.initial = 1000, .maximum = 1000});
    const page_of page(ready);
    constexpr int leaving = 260;
    constexpr int staying = 40;
    std::atomic<int> entered = 0;
    std::atomic<int> left = 0;
    std::atomic<int> served = 0;
    threads waiters([&](int which) {
      ++entered;
      const auto limit = which < leaving ? time_limit(150ms) : support::patience();
      if (isthmus::wait_all_for({ready, tokens}, limit).status == wait_status::signaled)
        ++served;
      else
        ++left;
    });
    waiters.start(leaving + staying);
    REQUIRE(support::eventually([&] { return entered == leaving + staying; }));
    REQUIRE(support::eventually([&] { return left == leaving; }));
    fastest = std::min(fastest, support::time_of([&] {
                         ready.set();
                         CHECK(support::eventually([&] { return served == staying; }));
                       }));
  }
  CHECK(fastest < 120ms);  // without a call, to the end of the last one's slice
}

TEST_CASE("of two events set for one waiter for any, exactly one remains for others",
          "[event][EVT-02][WAIT-03][WAIT-06]") {
  int shown = 0;
  for (int round = 0; round < 60; ++round) {
    auto first = event::create();
    auto second = event::create();
    forked waiter([&] {
      return isthmus::wait_any_for({first, second}, support::patience()).status !=
             wait_status::signaled;
    });
    REQUIRE(page_of(first).has_waiting(1));
    REQUIRE(page_of(second).has_waiting(1));
    REQUIRE(support::eventually([&] { return asleep(waiter); }));
    int found = 0;
    const auto time = support::time_of([&] {
      second.set();
      first.set();
      if (first.wait_for(0ms) == wait_status::signaled) ++found;
      if (second.wait_for(0ms) == wait_status::signaled) ++found;
    });
    // A waiter that does not run for 50 ms loses what it was promised.
    if (time > 40ms) {
      waiter.kill();
      continue;
    }
    ++shown;
    CHECK(found == 1);
    CHECK(waiter.ended() == 0);
    CHECK(first.wait_for(0ms) == wait_status::timeout);
    CHECK(second.wait_for(0ms) == wait_status::timeout);
  }
  CHECK(shown > 0);
}
