// SPDX-License-Identifier: MIT
//
// Signalling one object and waiting for another.
#include "support/crowd.hpp"
#include "support/errors.hpp"
#include "support/mutexes.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"
#include "support/turns.hpp"

#include <isthmus/isthmus.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <chrono>
#include <system_error>

using namespace support;
using isthmus::access;
using isthmus::errc;
using isthmus::event;
using isthmus::mutex;
using isthmus::reset_mode;
using isthmus::semaphore;
using isthmus::signal_and_wait;
using isthmus::signal_and_wait_for;
using isthmus::signal_and_wait_until;
using isthmus::timer;
using isthmus::wait_status;

TEST_CASE("signal_and_wait sets an event, releases a semaphore or unlocks a mutex, and waits",
          "[wait][WAIT-17]") {
  auto awaited = event::create({.mode = reset_mode::manual, .initially_set = true});
  auto call = event::create();
  CHECK(signal_and_wait(call, awaited) == wait_status::signaled);
  CHECK(ready_now(call));
  auto permits = semaphore::create({.maximum = 2});
  std::error_code ec = make_error_code(errc::busy);
  CHECK(signal_and_wait(permits, awaited, ec) == wait_status::signaled);
  CHECK_FALSE(ec);
  CHECK(permits.release() == 1);
  auto guard = mutex::create({.initially_owned = true});
  guard.lock();
  CHECK(signal_and_wait_for(guard, awaited, 1h) == wait_status::signaled);
  CHECK_FALSE(is_free(guard));
  CHECK(signal_and_wait_until(guard, awaited, clock::now() + 1h) == wait_status::signaled);
  CHECK(is_free(guard));
}

TEST_CASE("signal_and_wait takes what it waited for", "[wait][WAIT-03][WAIT-17]") {
  auto call = event::create();
  auto permits = semaphore::create({.initial = 1});
  auto guard = mutex::create();
  CHECK(signal_and_wait(call, permits) == wait_status::signaled);
  CHECK_FALSE(permits.try_acquire());
  CHECK(signal_and_wait(call, guard) == wait_status::signaled);
  CHECK_FALSE(is_free(guard));
  in_thread([&] {
    std::error_code ec;
    guard.unlock(ec);
    CHECK(ec == errc::not_owner);
  });
  guard.unlock();
  in_thread([&] { guard.lock(); });
  CHECK(signal_and_wait(call, guard) == wait_status::abandoned);
  CHECK(guard.abandoned());
  guard.unlock();
  auto alarm = timer::create();
  alarm.arm(5ms);
  CHECK(signal_and_wait_for(call, alarm, patience()) == wait_status::signaled);
}

TEST_CASE("two threads call each other by signal_and_wait", "[wait][WAIT-17][WAIT-20]") {
  auto ping = event::create();
  auto pong = event::create();
  const auto call = [](event& give, event& take) {
    auto status = wait_status::signaled;
    for (int i = 0; i < 300 && status == wait_status::signaled; ++i)
      status = signal_and_wait_for(give, take, patience());
    return status;
  };
  crowd callers;
  callers.add([&] { return call(ping, pong); });
  callers.add([&] {
    const auto called = ping.wait_for(patience());
    return called == wait_status::signaled ? call(pong, ping) : called;
  });
  // The first one stops calling when it has been answered, and the second one waits for it.
  CHECK(callers.exactly(1));
  ping.set();
  REQUIRE(callers.all());
  CHECK(callers.count(signaled) == 2);
}

TEST_CASE("after a limit that passed the signal has been given", "[wait][WAIT-01][WAIT-17]") {
  auto call = event::create();
  auto never = event::create();
  const auto times_out = [&](auto limit, auto attempt) {
    CHECK(time_of([&] { CHECK(attempt() == wait_status::timeout); }) >= limit);
    CHECK(ready_now(call));
    CHECK_FALSE(ready_now(call));
  };
  std::error_code ec = make_error_code(errc::busy);
  times_out(0ms, [&] { return signal_and_wait_for(call, never, 0s); });
  times_out(0ms, [&] { return signal_and_wait_for(call, never, -1h, ec); });
  CHECK_FALSE(ec);
  times_out(1ms, [&] { return signal_and_wait_for(call, never, 1ms); });
  times_out(20ms, [&] { return signal_and_wait_for(call, never, 20ms); });
  times_out(4ms, [&] { return signal_and_wait_until(call, never, clock::now() + 5ms); });
  times_out(4ms, [&] {
    return signal_and_wait_until(call, never, std::chrono::system_clock::now() + 5ms, ec);
  });
  auto guard = mutex::create({.initially_owned = true});
  CHECK(signal_and_wait_for(guard, never, 1ms) == wait_status::timeout);
  CHECK(is_free(guard));
}

TEST_CASE("what cannot be signalled is an error, and nothing is waited for",
          "[wait][WAIT-17][SEM-04][MTX-03]") {
  auto awaited = event::create({.initially_set = true});
  auto full = semaphore::create({.initial = 1, .maximum = 1});
  auto guard = mutex::create();
  auto alarm = timer::create();
  std::error_code ec;
  CHECK(signal_and_wait(full, awaited, ec) == wait_status::failed);
  CHECK(ec == errc::limit_exceeded);
  CHECK(signal_and_wait(guard, awaited, ec) == wait_status::failed);
  CHECK(ec == errc::not_owner);
  CHECK(signal_and_wait(alarm, awaited, ec) == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  CHECK(thrown_by([&] { (void)signal_and_wait(alarm, awaited); }).code == errc::invalid_argument);
  const auto thrown = thrown_by([&] { (void)signal_and_wait(guard, awaited); });
  CHECK(thrown.code == errc::not_owner);
  CHECK_THAT(thrown.text, Catch::Matchers::StartsWith("signal_and_wait: "));
  CHECK(ready_now(awaited));
}

TEST_CASE("an abandoned mutex that nobody took cannot be signalled, and keeps its mark",
          "[wait][WAIT-17][MTX-11]") {
  auto awaited = mutex::create();
  auto dead = mutex::create();
  in_thread([&] { dead.lock(); });
  std::error_code ec;
  CHECK(signal_and_wait(dead, awaited, ec) == wait_status::failed);
  CHECK(ec == errc::not_owner);
  CHECK(is_free(awaited));
  CHECK(dead.lock() == wait_status::abandoned);
  dead.unlock();
}

TEST_CASE("signalling needs the right to modify, but for a mutex", "[wait][WAIT-17][MTX-04]") {
  auto awaited = event::create({.mode = reset_mode::manual, .initially_set = true});
  auto call = event::create();
  auto waiting_call = call.duplicate(access::wait);
  auto permits = semaphore::create();
  auto waiting_permits = permits.duplicate(access::wait);
  std::error_code ec;
  CHECK(signal_and_wait(waiting_call, awaited, ec) == wait_status::failed);
  CHECK(ec == errc::access_denied);
  CHECK(signal_and_wait(waiting_permits, awaited, ec) == wait_status::failed);
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(ready_now(call));
  CHECK_FALSE(permits.try_acquire());
  auto guard = mutex::create();
  auto waiting_guard = guard.duplicate(access::wait);
  auto modifying_guard = guard.duplicate(access::modify);
  guard.lock();
  CHECK(signal_and_wait(waiting_guard, awaited) == wait_status::signaled);
  guard.lock();
  CHECK(signal_and_wait(modifying_guard, awaited) == wait_status::signaled);
  CHECK(is_free(guard));
}

TEST_CASE("what is waited for is checked before the signal is given", "[wait][WAIT-18]") {
  auto call = event::create();
  auto guard = mutex::create({.initially_owned = true});
  event empty;
  auto narrow = event::create({.initially_set = true}).duplicate(access::modify);
  std::error_code ec;
  CHECK(signal_and_wait(call, empty, ec) == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  CHECK(signal_and_wait(call, narrow, ec) == wait_status::failed);
  CHECK(ec == errc::access_denied);
  CHECK(signal_and_wait(guard, narrow, ec) == wait_status::failed);
  CHECK(ec == errc::access_denied);
  CHECK(signal_and_wait(empty, call, ec) == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  CHECK(signal_and_wait_until(call, narrow, clock::now() + 1h, ec) == wait_status::failed);
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(ready_now(call));
  CHECK_FALSE(is_free(guard));
  guard.unlock();
}

TEST_CASE("an object may be signalled and waited for in one call", "[wait][WAIT-19]") {
  auto call = event::create();
  CHECK(signal_and_wait_for(call, call, 1h) == wait_status::signaled);
  CHECK_FALSE(ready_now(call));
  auto permits = semaphore::create({.initial = 1, .maximum = 2});
  CHECK(signal_and_wait_for(permits, permits, 1h) == wait_status::signaled);
  CHECK(permits.release() == 1);
  auto guard = mutex::create({.initially_owned = true});
  CHECK(signal_and_wait_for(guard, guard, 1h) == wait_status::signaled);
  CHECK_FALSE(is_free(guard));
  guard.unlock();
  CHECK(is_free(guard));
}

namespace {

/// Two threads take turns.
template <class Lock, class Answer>
void take_turns_in_threads(Lock lock, Answer answer, bool manual) {
  turn_table table;
  const int wanted = turns(100'000);
  worker other;
  auto theirs = other.start([&] { return take_turns(lock, answer, manual, table, 1, wanted); });
  CHECK(take_turns(lock, answer, manual, table, 0, wanted).empty());
  REQUIRE(ready(theirs, 2 * patience()));
  CHECK(theirs.get().empty());
  CHECK(table.taken >= least_turns);
}

template <class Lock>
void take_turns_by_all_answers(Lock (*make)()) {
  take_turns_in_threads(make(), event::create(), false);
  take_turns_in_threads(make(), event::create({.mode = reset_mode::manual}), true);
  take_turns_in_threads(make(), semaphore::create({.maximum = 1}), false);
}

}  // namespace

TEST_CASE("threads take turns by a mutex and an object that each signals for the other",
          "[wait][WAIT-17][WAIT-20]") {
  take_turns_by_all_answers<mutex>([] { return mutex::create(); });
}

TEST_CASE("threads take turns by a semaphore and an object that each signals for the other",
          "[wait][WAIT-17][WAIT-20]") {
  take_turns_by_all_answers<semaphore>(
      [] { return semaphore::create({.initial = 1, .maximum = 1}); });
}

TEST_CASE("threads take turns by two events", "[wait][WAIT-17][WAIT-20]") {
  take_turns_by_all_answers<event>([] { return event::create({.initially_set = true}); });
}

TEST_CASE("an event that was set before counts, even if the one who is signalled resets it",
          "[wait][WAIT-17][WAIT-20]") {
  auto guard = mutex::create({.initially_owned = true});
  auto ready = event::create({.mode = reset_mode::manual, .initially_set = true});
  worker other;
  auto done = other.start([&] {
    guard.lock();
    ready.reset();
    guard.unlock();
  });
  CHECK(signal_and_wait_for(guard, ready, patience()) == wait_status::signaled);
  REQUIRE(support::ready(done));
}
