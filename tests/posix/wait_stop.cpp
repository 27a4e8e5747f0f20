// SPDX-License-Identifier: MIT
//
// Waiters that are stopped (SIGSTOP): whom that delays, and for how long.
#include "crowd.hpp"
#include "seams.hpp"
#include "states.hpp"

#include "posix/system/sleep.hpp"

#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <system_error>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::mutex;
using isthmus::semaphore;
using isthmus::wait_status;

namespace {

/// Ways to wait for a semaphore.
using acquiring = std::function<bool(semaphore&)>;
bool acquire_alone(semaphore& tokens) { return tokens.try_acquire_for(support::patience()); }
bool acquire_among_others(semaphore& tokens) {
  auto never = event::create();
  return isthmus::wait_any_for({never, tokens}, support::patience()).index == 1;
}

forked sleeping_acquirer(semaphore& tokens, const page_of& page, const acquiring& how) {
  const auto before = page.waiting();
  forked process([&] { return how(tokens) ? 0 : 1; });
  REQUIRE(page.has_waiting(before + 1));
  // In the portable engine it naps, and may have gone on to where it stops.
  REQUIRE(support::eventually([&] { return isthmus::detail::portable_engine || asleep(process); }));
  return process;
}

}  // namespace

TEST_CASE("a waiter stopped in its sleep swallows no permits", "[semaphore][SEM-06][SEM-11]") {
  for (const acquiring& how : {acquiring(acquire_alone), acquiring(acquire_among_others)}) {
    auto fastest = support::clock::duration::max();
    for (int round = 0; round < 5; ++round) {
      auto tokens = semaphore::create({.initial = 0, .maximum = 10});
      const page_of page(tokens);
      forked first = sleeping_acquirer(tokens, page, how);
      forked second = sleeping_acquirer(tokens, page, how);
      first.signal(SIGSTOP);
      REQUIRE(first.stopped());
      fastest = std::min(fastest, support::time_of([&] {
                           tokens.release();
                           CHECK(second.ended(slice + slack()) == 0);
                         }));
      CHECK_FALSE(tokens.try_acquire());
      first.signal(SIGCONT);
      tokens.release();
      CHECK(first.ended() == 0);
    }
    CHECK(fastest < 100ms);
  }
}

TEST_CASE("a waiter stopped when it has been chosen delays another by a slice at most",
          "[semaphore][SEM-06][SEM-11]") {
  auto tokens = semaphore::create({.initial = 0, .maximum = 10});
  const page_of page(tokens);
  forked first = sleeping_acquirer(tokens, page, [](semaphore& all) {
    signal_at(step::wait_after_sleep, SIGSTOP);
    return acquire_alone(all);
  });
  forked second = sleeping_acquirer(tokens, page, acquire_alone);
  tokens.release();
  REQUIRE(first.stopped());
  CHECK(second.ended(slice + slack()) == 0);
  first.signal(SIGCONT);
  CHECK_FALSE(first.ended(support::moment));
  tokens.release();
  CHECK(first.ended() == 0);
  CHECK_FALSE(tokens.try_acquire());
}

TEST_CASE("a waiter stopped while registrations were voided as often as can be counted harms none",
          "[semaphore][SEM-02][SEM-07]") {
  if (isthmus::detail::portable_engine)
    SKIP("a releaser of the portable engine cannot see who sleeps");
  auto tokens = semaphore::create({.initial = 0, .maximum = 1000});
  const page_of page(tokens);
  forked stopped = sleeping_acquirer(tokens, page, [](semaphore& all) {
    return !all.try_acquire_for(1s);  // its time is up when it goes on
  });
  stopped.signal(SIGSTOP);
  REQUIRE(stopped.stopped());
  const auto since = support::clock::now();
  const auto epoch = isthmus::detail::counted::epoch(page.word());
  for (int voided = 0; voided < 64; ++voided) {
    const std::uint32_t before = page.waiting();
    CHECK(in_child([&] {
            signal_at(step::wait_before_sleep, SIGKILL);
            tokens.acquire();
            return 0;
          }) == 128 + SIGKILL);
    REQUIRE(page.waiting() == before + 1);
    tokens.release();
    REQUIRE(tokens.try_acquire());
  }
  REQUIRE(isthmus::detail::counted::epoch(page.word()) == epoch);
  REQUIRE(support::eventually([&] { return support::clock::now() - since > 1s; }));
  stopped.signal(SIGCONT);
  CHECK(stopped.ended() == 0);
  CHECK(page.waiting() == 0);
  CHECK(page.granted() == 0);
  CHECK_FALSE(tokens.try_acquire_for(support::moment));
}

TEST_CASE("whoever takes what a stopped wait for all has reserved keeps to his time limit",
          "[wait][WAIT-01][WAIT-07]") {
  for (const step where : {step::all_before_decision, step::all_decided}) {
    INFO(name_of(where));
    auto tokens = semaphore::create({.initial = 3, .maximum = 5});
    auto ready = event::create({.initially_set = true});
    auto lasting = event::create({.mode = isthmus::reset_mode::manual, .initially_set = true});
    auto guard = mutex::create();
    forked stopped([&] {
      signal_at(where, SIGSTOP);
      return isthmus::wait_all({tokens, ready, guard, lasting}).status != wait_status::signaled;
    });
    REQUIRE(stopped.stopped());
    const auto limited = [&](support::time_limit limit, const auto& wait) {
      wait_status status{};
      const auto time = support::time_of([&] { status = wait(limit); });
      CHECK(status == wait_status::timeout);
      CHECK(time >= limit);
      CHECK(time < limit + 50ms + slack());
    };
    for (const auto limit : {0ms, 5ms, 200ms}) {
      limited(limit, [&](auto time) { return tokens.wait_for(time); });
      limited(limit, [&](auto time) { return ready.wait_for(time); });
      limited(limit, [&](auto time) { return guard.wait_for(time); });
      limited(limit, [&](auto time) { return isthmus::wait_all_for({ready, guard}, time).status; });
      limited(limit, [&](auto time) {
        return isthmus::wait_any_for({guard, tokens, ready}, time).status;
      });
    }
    CHECK(lasting.wait_for(0ms) == wait_status::signaled);
    CHECK(support::time_of([&] {
            CHECK(tokens.release() == 3);
            ready.set();
            lasting.set();
          }) < slack());
    for (auto* const each : {&ready, &lasting}) {
      std::error_code ec;
      CHECK(support::time_of([&] { each->reset(ec); }) < 300ms + slack());
      CHECK(ec == isthmus::errc::busy);
      CHECK(support::time_of([&] { each->pulse(ec); }) < 300ms + slack());
      CHECK(ec == isthmus::errc::busy);
    }
    stopped.signal(SIGCONT);
    CHECK(stopped.ended() == 0);
    CHECK(tokens.release() == 3);
    CHECK(ready.wait_for(0ms) == wait_status::signaled);  // set after all had been reserved
    CHECK(guard.lock() == wait_status::abandoned);
    guard.unlock();
  }
}

TEST_CASE("a reservation that nobody has made is cleared by whoever it holds up",
          "[wait][hostile][EVT-05]") {
  auto automatic = event::create({.initially_set = true});
  auto manual = event::create({.mode = isthmus::reset_mode::manual, .initially_set = true});
  auto guard = mutex::create();
  page_of(automatic)->state.word |= isthmus::detail::counted::guard;
  page_of(manual)->state.word |= isthmus::detail::latch::guard;
  page_of(guard).line().word |= isthmus::detail::mutex_word::guard;
  CHECK(guard.try_lock_for(support::patience()));
  guard.unlock();
  automatic.reset();
  CHECK(automatic.wait_for(0ms) == wait_status::timeout);
  manual.reset();
  CHECK(manual.wait_for(0ms) == wait_status::timeout);
}

TEST_CASE("a wait for any of 64 objects that are all reserved keeps to its time limit",
          "[wait][WAIT-01][WAIT-04]") {
  std::vector<semaphore> objects;
  std::vector<isthmus::wait_ref> list;
  for (std::size_t i = 0; i < isthmus::max_wait_objects; ++i)
    objects.push_back(semaphore::create({.initial = 1, .maximum = 1}));
  list.reserve(objects.size());
  for (auto& one : objects) list.emplace_back(one);
  const std::span<const isthmus::wait_ref> all(list);
  forked stopped([&] {
    signal_at(step::all_decided, SIGSTOP);
    return isthmus::wait_all(all).status != wait_status::signaled;
  });
  REQUIRE(stopped.stopped());
  auto fastest = support::clock::duration::max();
  for (int round = 0; round < 3; ++round)
    fastest = std::min(fastest, support::time_of([&] {
                         CHECK(isthmus::wait_any_for(all, 100ms).status == wait_status::timeout);
                       }));
  CHECK(fastest < 100ms + slack());
  stopped.signal(SIGCONT);
  CHECK(stopped.ended() == 0);
}
