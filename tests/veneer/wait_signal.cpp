// SPDX-License-Identifier: MIT
#include "calls.hpp"
#include "support/limits.hpp"
#include "support/threads.hpp"
#include "support/turns.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>

using namespace veneer_tests;
using support::in_thread;
using support::worker;

namespace {

HANDLE automatic_event() { return CreateEventA(nullptr, FALSE, FALSE, nullptr); }
HANDLE free_mutex() { return CreateMutexA(nullptr, FALSE, nullptr); }

DWORD signal_and_wait(HANDLE to_signal, HANDLE to_wait_for, DWORD limit = 0) {
  SetLastError(untouched);
  const DWORD result = SignalObjectAndWait(to_signal, to_wait_for, limit, FALSE);
  return result == WAIT_FAILED || GetLastError() == untouched ? result : untouched;
}

}  // namespace

TEST_CASE("a signal and a wait in one call: mutex, semaphore, event (WAIT-17, WAIT-19)",
          "[veneer][wait]") {
  const handle mutex(free_mutex());
  const handle semaphore(CreateSemaphoreA(nullptr, 8, 9, nullptr));
  const handle event(automatic_event());
  CHECK(signal_and_wait(event, event) == WAIT_OBJECT_0);
  CHECK(wait(event) == WAIT_TIMEOUT);
  CHECK(taken(mutex));
  CHECK(signal_and_wait(mutex, event, moment) == WAIT_TIMEOUT);
  CHECK(in_thread([&] { return taken(mutex) && ReleaseMutex(mutex); }));
  CHECK(signal_and_wait(semaphore, event) == WAIT_TIMEOUT);
  CHECK(refusal_of([&] { return signal_and_wait(mutex, event); }) == ERROR_NOT_OWNER);
  CHECK(refusal_of([&] { return signal_and_wait(semaphore, event); }) == ERROR_TOO_MANY_POSTS);
  const handle weak(copy_of(event, SYNCHRONIZE));
  CHECK(refusal_of([&] { return signal_and_wait(weak, event); }) == ERROR_ACCESS_DENIED);
  const handle timer(CreateWaitableTimerA(nullptr, FALSE, nullptr));
  CHECK(refusal_of([&] { return signal_and_wait(timer, event); }) == ERROR_INVALID_HANDLE);
  char self[1000];
  REQUIRE(GetModuleFileNameA(nullptr, self, sizeof self) != 0);
  const handle file(
      CreateFileA(self, GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr));
  REQUIRE(file != INVALID_HANDLE_VALUE);
  CHECK(refusal_of([&] { return signal_and_wait(file, event); }) == ERROR_INVALID_HANDLE);
  CHECK(refusal_of([&] { return signal_and_wait(file, file); }) == ERROR_INVALID_HANDLE);
  CHECK(refusal_of([&] { return signal_and_wait(file, nullptr); }) == ERROR_INVALID_HANDLE);
  CHECK(refusal_of([&] { return signal_and_wait(nullptr, event); }) == ERROR_INVALID_HANDLE);
  const handle abandoned(free_mutex());
  in_thread([&] { return wait(abandoned); });
  CHECK(signal_and_wait(event, abandoned) == WAIT_ABANDONED);
  CHECK(ReleaseMutex(abandoned) != FALSE);
}

TEST_CASE("a handle that cannot be waited for keeps the other from being signalled (WAIT-18)",
          "[veneer][wait]") {
  const handle event(automatic_event());
  const handle weak(copy_of(event, EVENT_MODIFY_STATE));
  CHECK(refusal_of([&] { return signal_and_wait(event, weak); }) == ERROR_ACCESS_DENIED);
  CHECK(refusal_of([&] { return signal_and_wait(event, nullptr); }) == ERROR_INVALID_HANDLE);
  CHECK(wait(event) == WAIT_TIMEOUT);
}

TEST_CASE("the signal is given, and then it waits as long as it is to (WAIT-17)",
          "[veneer][wait]") {
  const handle ping(automatic_event());
  const handle pong(automatic_event());
  worker other;
  auto result = other.start([&] {
    return taken(ping, patience()) && signal_and_wait(pong, ping, patience()) == WAIT_OBJECT_0;
  });
  CHECK(signal_and_wait(ping, pong, patience()) == WAIT_OBJECT_0);
  CHECK(other.blocks(result));
  CHECK(signal_and_wait(ping, pong, moment) == WAIT_TIMEOUT);
  REQUIRE(support::ready(result));
  CHECK(result.get());
}

TEST_CASE("a signal may be followed by a wait for this very process (WAIT-14)", "[veneer][wait]") {
  const handle event(automatic_event());
  for (const HANDLE own : {GetCurrentProcess(), GetCurrentThread()}) {
    CHECK(signal_and_wait(event, own, 1) == WAIT_TIMEOUT);
    CHECK(taken(event));
    CHECK(refusal_of([&] { return signal_and_wait(own, event); }) == ERROR_INVALID_HANDLE);
  }
}

namespace {

HANDLE set_event() { return CreateEventA(nullptr, FALSE, TRUE, nullptr); }
HANDLE empty_semaphore() { return CreateSemaphoreA(nullptr, 0, 1, nullptr); }
HANDLE full_semaphore() { return CreateSemaphoreA(nullptr, 1, 1, nullptr); }
BOOL release_one(HANDLE semaphore) { return ReleaseSemaphore(semaphore, 1, nullptr); }

struct form {
  const char* word;
  HANDLE (*make)();
  BOOL (*give)(HANDLE);
};

/// What two threads share that take turns.
struct turn_table {
  HANDLE lock = nullptr;
  BOOL (*unlock)(HANDLE) = nullptr;
  HANDLE answer = nullptr;
  BOOL (*give)(HANDLE) = nullptr;
  int turn = 0;  // whose it is; for who has the lock
  int taken = 0;
  bool over = false;
};

/// False: a wait was not satisfied, within the limit or at all.
bool take_turns(turn_table& table, int me, int wanted, support::clock::time_point end) {
  for (;;) {
    if (WaitForSingleObject(table.lock, patience()) != WAIT_OBJECT_0) return false;
    while (table.turn != me && !table.over)
      if (SignalObjectAndWait(table.lock, table.answer, patience(), FALSE) != WAIT_OBJECT_0 ||
          WaitForSingleObject(table.lock, patience()) != WAIT_OBJECT_0)
        return false;
    if (!table.over) ++table.taken;
    const bool over = table.over =
        table.over || table.taken == wanted || support::clock::now() > end;
    table.turn = 1 - me;
    (void)table.give(table.answer);  // a semaphore may have its one permit already
    if (table.unlock(table.lock) == FALSE) return false;
    if (over) return true;
  }
}

}  // namespace

TEST_CASE("two threads take turns by a signal and a wait in one call (WAIT-17, WAIT-20)",
          "[veneer][wait]") {
  constexpr form locks[] = {{"mutex", free_mutex, ReleaseMutex},
                            {"semaphore", full_semaphore, release_one},
                            {"event", set_event, SetEvent}};
  constexpr form answers[] = {{"event", automatic_event, SetEvent},
                              {"semaphore", empty_semaphore, release_one}};
  for (const form& by : locks)
    for (const form& with : answers) {
      CAPTURE(by.word, with.word);
      const handle lock(by.make());
      const handle answer(with.make());
      turn_table table{lock, by.give, answer, with.give};
      const auto end = support::clock::now() + std::chrono::seconds(1);
      worker other;
      auto theirs = other.start([&] { return take_turns(table, 1, 20'000, end); });
      CHECK(take_turns(table, 0, 20'000, end));
      REQUIRE(support::ready(theirs, 2 * support::patience()));
      CHECK(theirs.get());
      CHECK(table.taken >= support::least_turns / 5);  // which is for five seconds
    }
}
