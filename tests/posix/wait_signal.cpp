// SPDX-License-Identifier: MIT
//
// Releasing and setting in signal handlers, while the interrupted program is in the middle of a
// wait for the same object; and that neither they nor waits take memory.
#include "crowd.hpp"

#include "support/system.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include <sys/time.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::event;
using isthmus::semaphore;
using isthmus::wait_status;

namespace {

// In the handler's process.
volatile std::sig_atomic_t in_handler = 0;
volatile std::sig_atomic_t taken_memory = 0;
volatile std::sig_atomic_t handled = 0;
volatile std::sig_atomic_t failed = 0;
volatile std::sig_atomic_t going_on = 0;  // whether the handler sets its clock again
void (*what_to_do)(std::error_code& ec) = nullptr;
semaphore* the_tokens = nullptr;
event* the_event = nullptr;

thread_local int times_memory_taken = 0;

/// How often the calling thread takes memory in `work`.
template <typename Work>
int memory_taken_by(Work work) {
  const int before = times_memory_taken;
  work();
  return times_memory_taken - before;
}

/// The next signal, so long from now; 0: none.
void signal_in(int microseconds) {
  itimerval time{};
  time.it_value.tv_usec = microseconds;
  ::setitimer(ITIMER_REAL, &time, nullptr);
}

void handler(int number) {
  const int before = errno;
  errno = 4711;
  in_handler = 1;
  std::error_code ec;
  what_to_do(ec);
  in_handler = 0;
  if (ec || errno != 4711) failed = failed + 1;
  handled = handled + 1;
  // Not at the same place each time, and never so soon that the wait gets nowhere.
  if (number == SIGALRM && going_on != 0) signal_in(20 + handled % 50);
  errno = before;
}

void install() {
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigaction(SIGUSR1, &action, nullptr);
  ::sigaction(SIGALRM, &action, nullptr);
}

/// A process that a clock of its own interrupts so often, or for a good while; what `wait`
/// takes in a loop in the meantime must be what the handler gave. Every call of `wait` says how
/// much it took. Signals of another process would come as fast as that one gets to run.
int interrupted(int times, const std::function<int()>& wait) {
  return in_child([&] {
    install();
    going_on = 1;
    signal_in(1);
    int taken = 0;
    const auto enough = support::clock::now() + support::patience() / 3;
    while (handled < times && support::clock::now() < enough) taken += wait();
    // A signal can come while the clock is being stopped; it must not start it again.
    going_on = 0;
    signal_in(0);
    if (handled < times / 20) return 3;
    while (const int more = wait()) taken += more;
    if (failed != 0 || taken_memory != 0) return 1;
    return taken == handled ? 0 : 2;
  });
}

}  // namespace

// Whoever takes memory is counted here, and caught in a handler. Not inlined: what gcc 12 sees then
// it takes for a new without its delete.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++times_memory_taken;
  if (in_handler != 0) taken_memory = 1;
  if (void* const place = std::malloc(size != 0 ? size : 1)) return place;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* place) noexcept {
  if (in_handler != 0) taken_memory = 1;
  std::free(place);
}
[[gnu::noinline]] void operator delete(void* place, std::size_t) noexcept {
  operator delete(place);
}

TEST_CASE("a semaphore released in a signal handler loses nothing in the wait it interrupts",
          "[semaphore][SEM-03]") {
  auto tokens = semaphore::create({.initial = 0, .maximum = 1000000});
  the_tokens = &tokens;
  what_to_do = [](std::error_code& ec) { the_tokens->release(1, ec); };
  CHECK(interrupted(20000, [&] { return tokens.try_acquire_for(100us) ? 1 : 0; }) == 0);
}

TEST_CASE("a semaphore released in a signal handler loses nothing in a wait for any",
          "[semaphore][SEM-03][WAIT-05]") {
  auto tokens = semaphore::create({.initial = 0, .maximum = 1000000});
  auto never = event::create();
  the_tokens = &tokens;
  what_to_do = [](std::error_code& ec) { the_tokens->release(1, ec); };
  CHECK(interrupted(20000, [&] {
          return isthmus::wait_any_for({never, tokens}, 100us).index == 1 ? 1 : 0;
        }) == 0);
}

TEST_CASE("a semaphore released in a signal handler loses nothing in a wait for all",
          "[semaphore][SEM-03][WAIT-07]") {
  auto tokens = semaphore::create({.initial = 0, .maximum = 1000000});
  auto always = event::create({.mode = isthmus::reset_mode::manual, .initially_set = true});
  the_tokens = &tokens;
  what_to_do = [](std::error_code& ec) { the_tokens->release(1, ec); };
  // Each signal may wait 2 ms for the very sleeper that it interrupts.
  CHECK(interrupted(2000, [&] {
          return isthmus::wait_all_for({always, tokens}, 100us).status == wait_status::signaled;
        }) == 0);
}

TEST_CASE("an event set in a signal handler ends the wait that it interrupts", "[event][EVT-02]") {
  for (const auto mode : {isthmus::reset_mode::automatic, isthmus::reset_mode::manual}) {
    auto ready = event::create({.mode = mode});
    the_event = &ready;
    what_to_do = [](std::error_code& ec) { the_event->set(ec); };
    shared<std::atomic<int>> rounds;
    constexpr int enough = 200;
    forked process([&] {
      install();
      for (int i = 0; i < enough; ++i) {
        ++*rounds;
        if (ready.wait_for(support::patience()) != wait_status::signaled) return 1;
        ready.reset();
      }
      return failed != 0 || taken_memory != 0 ? 2 : 0;
    });
    // One signal for each wait, and another where that one came between the wait and the reset.
    const auto end = support::clock::now() + support::patience();
    auto sent = support::clock::now();
    int last = 0;
    while (!process.ended(0ms) && support::clock::now() < end) {
      const int now = rounds->load();
      if (now == last && (support::clock::now() - sent < 3ms || !asleep(process))) continue;
      if (now != 0) process.signal(SIGUSR1);
      last = now;
      sent = support::clock::now();
    }
    CHECK(process.ended() == 0);
  }
}

TEST_CASE("neither a wait for any nor a wait for all takes memory, whether it sleeps or not",
          "[WAIT-05][WAIT-07]") {
  auto tokens = semaphore::create({.initial = 0, .maximum = 100});
  auto ready = event::create();
  auto gate = isthmus::mutex::create();
  const auto all = [&](std::chrono::milliseconds limit) {
    return isthmus::wait_all_for({ready, tokens, gate}, limit).status;
  };
  const auto any = [&](std::chrono::milliseconds limit) {
    return isthmus::wait_any_for({ready, tokens}, limit).status;
  };
  const auto give = [&] {
    tokens.release(2);
    ready.set();
  };
  (void)all(1ms);  // a thread's first wait may prepare it for all later ones

  // The count sees what is taken.
  CHECK(memory_taken_by([] { const std::vector<int> taken(100); }) == 1);
  wait_status seen{};
  CHECK(memory_taken_by([&] { seen = all(1ms); }) == 0);
  CHECK(seen == wait_status::timeout);
  CHECK(memory_taken_by([&] { seen = any(1ms); }) == 0);
  CHECK(seen == wait_status::timeout);
  give();
  CHECK(memory_taken_by([&] { seen = all(0ms); }) == 0);
  CHECK(seen == wait_status::signaled);
  CHECK(memory_taken_by([&] { seen = any(0ms); }) == 0);
  CHECK(seen == wait_status::signaled);
  gate.unlock();

  std::thread giver([&] {
    std::this_thread::sleep_for(20ms);
    give();
  });
  CHECK(memory_taken_by([&] { seen = all(10000ms); }) == 0);
  CHECK(seen == wait_status::signaled);
  giver.join();
  gate.unlock();
}

TEST_CASE("the tests ask how a page is mapped without taking memory, which might be put there",
          "[support]") {
  const int here = 0;
  support::page_state seen;
  CHECK(memory_taken_by([&] { seen = support::protection_of(&here); }) == 0);
  CHECK(seen.writable);
  CHECK(memory_taken_by([&] { seen = support::protection_of(nullptr); }) == 0);
  CHECK_FALSE(seen.readable);
}
