// SPDX-License-Identifier: MIT
#include "calls.hpp"
#include "support/limits.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <initializer_list>
#include <vector>

using namespace veneer_tests;
using namespace std::chrono_literals;
using support::in_thread;
using support::worker;

namespace {

HANDLE new_event(bool set = false, bool manual = false) {
  return CreateEventA(nullptr, manual ? TRUE : FALSE, set ? TRUE : FALSE, nullptr);
}
HANDLE new_mutex() { return CreateMutexA(nullptr, FALSE, nullptr); }
HANDLE new_semaphore(LONG count) { return CreateSemaphoreA(nullptr, count, 9, nullptr); }

DWORD wait_many(std::initializer_list<HANDLE> handles, BOOL all, DWORD limit = 0) {
  SetLastError(untouched);
  const auto result =
      WaitForMultipleObjects(static_cast<DWORD>(handles.size()), handles.begin(), all, limit);
  return result == WAIT_FAILED || GetLastError() == untouched ? result : untouched;
}
DWORD wait_any(std::initializer_list<HANDLE> handles, DWORD limit = 0) {
  return wait_many(handles, FALSE, limit);
}
DWORD wait_all(std::initializer_list<HANDLE> handles, DWORD limit = 0) {
  return wait_many(handles, TRUE, limit);
}

void take_once_and_end(HANDLE mutex) {
  in_thread([&] { return wait(mutex); });
}
DWORD WINAPI wait_for_gate(LPVOID gate) { return WaitForSingleObject(gate, patience()); }
bool can_be_taken(HANDLE mutex) {
  return in_thread([&] { return taken(mutex) && ReleaseMutex(mutex) != FALSE; });
}

}  // namespace

TEST_CASE("a time of 0 looks, others wait that long, and long ones do not end early (WAIT-01)",
          "[veneer][wait]") {
  const handle event(new_event());
  CHECK(support::time_of([&] { CHECK(wait(event) == WAIT_TIMEOUT); }) < support::scaled(10s));
  CHECK(support::time_of([&] { CHECK(wait(event, 60) == WAIT_TIMEOUT); }) >=
        60ms - support::timer_tick());
  const HANDLE one = event;
  for (const DWORD limit :
       {0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFEu, INFINITE}) {  // untimed: it is set
    CAPTURE(limit);
    worker waiter;
    auto single = waiter.start([&] { return wait(event, limit); });
    CHECK(waiter.blocks(single));
    CHECK(SetEvent(event) != FALSE);
    REQUIRE(support::ready(single));
    CHECK(single.get() == WAIT_OBJECT_0);
    for (const BOOL all : {FALSE, TRUE}) {
      auto several = waiter.start([&] { return WaitForMultipleObjects(1, &one, all, limit); });
      CHECK(waiter.blocks(several));
      CHECK(SetEvent(event) != FALSE);
      REQUIRE(support::ready(several));
      CHECK(several.get() == WAIT_OBJECT_0);
    }
  }
}

TEST_CASE("a wait changes what satisfies it, and nothing else (WAIT-03, WAIT-05)",
          "[veneer][wait]") {
  const handle semaphore(new_semaphore(2));
  const handle gate(new_event(true, true));
  const handle event(new_event(true));
  const handle mutex(new_mutex());
  CHECK(wait_any({semaphore, gate, event, mutex}) == WAIT_OBJECT_0);
  CHECK(wait_any({semaphore, gate, event, mutex}) == WAIT_OBJECT_0);
  CHECK(wait_any({semaphore, event, gate, mutex}) == WAIT_OBJECT_0 + 1);
  CHECK(wait_any({semaphore, event, gate, mutex}) == WAIT_OBJECT_0 + 2);
  CHECK(can_be_taken(mutex));
  CHECK(wait_any({semaphore, event, mutex}) == WAIT_OBJECT_0 + 2);
  CHECK_FALSE(can_be_taken(mutex));
  CHECK(wait_any({semaphore, event, mutex}) == WAIT_OBJECT_0 + 2);  // WAIT-11
  CHECK(ReleaseMutex(mutex) != FALSE);
  CHECK(ReleaseMutex(mutex) != FALSE);
  CHECK(wait_any({semaphore, event}, moment) == WAIT_TIMEOUT);
}

TEST_CASE("1 to 64 objects may be waited for (WAIT-04)", "[veneer][wait]") {
  std::vector<handle> events;
  std::vector<HANDLE> list;
  for (int i = 0; i < 65; ++i) {
    events.emplace_back(new_event());
    list.push_back(events.back());
  }
  for (const BOOL all : {FALSE, TRUE}) {
    for (const DWORD count : {0u, 65u, 0xFFFFFFFFu}) {
      CAPTURE(count);
      CHECK(refusal_of([&]() -> DWORD {
              return WaitForMultipleObjects(count, list.data(), all, 0);
            }) == ERROR_INVALID_PARAMETER);
    }
    for (int i = all ? 0 : 63; i < 64; ++i) SetEvent(list[static_cast<std::size_t>(i)]);
    CHECK(WaitForMultipleObjects(64, list.data(), all, 0) == WAIT_OBJECT_0 + (all ? 0u : 63u));
    CHECK(WaitForMultipleObjects(64, list.data(), FALSE, 0) == WAIT_TIMEOUT);
  }
}

TEST_CASE("whichever comes first ends a wait for any that sleeps (WAIT-06)", "[veneer][wait]") {
  const handle first(new_event());
  const handle second(new_event());
  worker waiter;
  auto result = waiter.start([&] { return wait_any({first, second}, patience()); });
  CHECK(waiter.blocks(result));
  CHECK(SetEvent(second) != FALSE);
  REQUIRE(support::ready(result));
  CHECK(result.get() == WAIT_OBJECT_0 + 1);
}

TEST_CASE("a wait for all takes nothing until it has all (WAIT-07, WAIT-08)", "[veneer][wait]") {
  const handle event(new_event(true));
  const handle semaphore(new_semaphore(1));
  const handle mutex(new_mutex());
  const handle last(new_event());
  CHECK(wait_all({event, semaphore, mutex, last}, moment) == WAIT_TIMEOUT);
  CHECK(can_be_taken(mutex));
  worker waiter;
  auto result = waiter.start([&] { return wait_all({event, semaphore, mutex, last}, patience()); });
  CHECK(waiter.blocks(result));
  CHECK(taken(event));
  CHECK(taken(semaphore));
  CHECK(SetEvent(last) != FALSE);
  CHECK(ReleaseSemaphore(semaphore, 1, nullptr) != FALSE);
  CHECK(waiter.blocks(result));
  CHECK(SetEvent(event) != FALSE);
  REQUIRE(support::ready(result));
  CHECK(result.get() == WAIT_OBJECT_0);
  CHECK_FALSE(can_be_taken(mutex));
  CHECK(wait_any({event, semaphore, last}) == WAIT_TIMEOUT);
}

TEST_CASE("an abandoned mutex is told by its index, or hidden by a lower one (WAIT-09)",
          "[veneer][wait]") {
  const handle event(new_event(true));
  const handle mutex(new_mutex());
  take_once_and_end(mutex);
  CHECK(wait_any({event, mutex}) == WAIT_OBJECT_0);
  CHECK(wait_any({event, mutex}) == WAIT_ABANDONED_0 + 1);
  CHECK(ReleaseMutex(mutex) != FALSE);
}

TEST_CASE("a wait for all is abandoned where one of its mutexes was (WAIT-10)", "[veneer][wait]") {
  const handle first(new_mutex());
  const handle second(new_mutex());
  take_once_and_end(second);
  CHECK(wait_all({first, second}) == WAIT_ABANDONED_0);
  CHECK(ReleaseMutex(first) != FALSE);
  CHECK(ReleaseMutex(second) != FALSE);
}

TEST_CASE("a mutex that the thread owns is ready (WAIT-11)", "[veneer][wait]") {
  const handle mutex(new_mutex());
  const handle event(new_event(true));
  CHECK(taken(mutex));
  CHECK(wait_all({event, mutex}) == WAIT_OBJECT_0);
  CHECK(ReleaseMutex(mutex) != FALSE);
  CHECK_FALSE(can_be_taken(mutex));
  CHECK(ReleaseMutex(mutex) != FALSE);
  CHECK(can_be_taken(mutex));
}

TEST_CASE(
    "an object twice is 87 in a wait for all, by whatever handles, and none is taken; in a "
    "wait for any it may be (WAIT-12)",
    "[veneer][wait]") {
  if (under_wine()) SKIP("Wine allows it, and its server may crash");
  const handle semaphore(new_semaphore(2));
  const handle copy(copy_of(semaphore, SEMAPHORE_ALL_ACCESS));
  const handle narrow(copy_of(semaphore, SYNCHRONIZE));
  const handle event(new_event(true));
  for (const HANDLE again :
       {static_cast<HANDLE>(semaphore), static_cast<HANDLE>(copy), static_cast<HANDLE>(narrow)})
    CHECK(refusal_of([&] {
            return wait_all({semaphore, event, again});
          }) == ERROR_INVALID_PARAMETER);
  CHECK(taken(event));
  CHECK(wait_any({event, semaphore, semaphore}) == WAIT_OBJECT_0 + 1);
  CHECK(wait_any({narrow, semaphore}) == WAIT_OBJECT_0);
  CHECK(wait_any({narrow, semaphore}) == WAIT_TIMEOUT);
}

TEST_CASE(
    "a handle that is none, or has no right, fails the wait before anything is taken "
    "(WAIT-13)",
    "[veneer][wait]") {
  const handle event(new_event(true));
  const handle weak(copy_of(event, EVENT_MODIFY_STATE));
  const HANDLE none = nullptr;
  for (const BOOL all : {FALSE, TRUE}) {
    CHECK(refusal_of([&] { return wait_many({event, none}, all); }) == ERROR_INVALID_HANDLE);
    CHECK(refusal_of([&] { return wait_many({event, weak}, all); }) == ERROR_ACCESS_DENIED);
  }
  CHECK(refusal_of([&] { return WaitForSingleObject(none, 0); }) == ERROR_INVALID_HANDLE);
  CHECK(refusal_of([&] { return WaitForSingleObject(weak, 0); }) == ERROR_ACCESS_DENIED);
  CHECK(taken(event));
}

TEST_CASE(
    "this process and this thread do not end while one waits for them, and are in no list "
    "(WAIT-14)",
    "[veneer][wait]") {
  const handle event(new_event(true));
  for (const HANDLE own : {GetCurrentProcess(), GetCurrentThread()}) {
    CHECK(support::time_of([&] { CHECK(wait(own, 30) == WAIT_TIMEOUT); }) >=
          30ms - support::timer_tick());
    CHECK(wait(own) == WAIT_TIMEOUT);
    if (under_wine()) continue;  // which lets them be in a list
    CHECK(refusal_of([&] { return wait_any({event, own}); }) == ERROR_INVALID_HANDLE);
  }
}

TEST_CASE("there are no APCs, so alertable waits are like others (WAIT-15, WAIT-16)",
          "[veneer][wait]") {
  const handle event(new_event(true));
  const HANDLE one = event;
  SetLastError(untouched);
  CHECK(WaitForSingleObjectEx(event, 0, TRUE) == WAIT_OBJECT_0);
  CHECK(WaitForSingleObjectEx(event, moment, TRUE) == WAIT_TIMEOUT);
  CHECK(WaitForMultipleObjectsEx(1, &one, FALSE, moment, TRUE) == WAIT_TIMEOUT);
  CHECK(SetEvent(event) != FALSE);
  CHECK(WaitForMultipleObjectsEx(1, &one, TRUE, 0, TRUE) == WAIT_OBJECT_0);
  CHECK(SetEvent(event) != FALSE);
  CHECK(SignalObjectAndWait(event, event, 0, TRUE) == WAIT_OBJECT_0);
  CHECK(GetLastError() == untouched);
}

TEST_CASE("a handle may be closed while another thread waits through it", "[veneer][wait]") {
  for (const bool several : {false, true}) {
    const handle event(new_event());
    HANDLE other = copy_of(event, SYNCHRONIZE);
    worker waiter;
    auto result = waiter.start([&] {
      return several ? WaitForMultipleObjects(1, &other, TRUE, patience())
                     : WaitForSingleObject(other, patience());
    });
    CHECK(waiter.blocks(result));
    CHECK(CloseHandle(other) != FALSE);
    CHECK(waiter.blocks(result));
    CHECK(SetEvent(event) != FALSE);
    REQUIRE(support::ready(result));
    CHECK(result.get() == WAIT_OBJECT_0);
  }
}

TEST_CASE("a section has no right to be waited for (SEC-32)", "[veneer][wait]") {
  const handle section(
      CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, nullptr));
  const handle event(new_event(true));
  REQUIRE(section != nullptr);
  CHECK(refusal_of([&] { return WaitForSingleObject(section, 0); }) == ERROR_ACCESS_DENIED);
  for (const BOOL all : {FALSE, TRUE})
    CHECK(refusal_of([&] { return wait_many({event, section}, all); }) == ERROR_ACCESS_DENIED);
  CHECK(taken(event));
}

TEST_CASE("threads are waited for together with all others, and stay set (WAIT-03)",
          "[veneer][wait]") {
  const handle gate(new_event());
  const handle event(new_event(true));
  const handle thread(CreateThread(nullptr, 0, wait_for_gate, gate, 0, nullptr));
  REQUIRE(thread != nullptr);
  CHECK(wait_any({thread, gate}, moment) == WAIT_TIMEOUT);
  CHECK(wait_all({thread, event}, moment) == WAIT_TIMEOUT);
  CHECK(SetEvent(gate) != FALSE);
  CHECK(wait_all({thread, event}, patience()) == WAIT_OBJECT_0);
  CHECK(wait(event) == WAIT_TIMEOUT);
  CHECK(wait_any({event, thread}) == WAIT_OBJECT_0 + 1);
  CHECK(wait_all({thread}) == WAIT_OBJECT_0);
  CHECK(wait(thread) == WAIT_OBJECT_0);
  CHECK(refusal_of([&] { return SignalObjectAndWait(thread, event, 0, FALSE); }) ==
        ERROR_INVALID_HANDLE);
  const handle again(copy_of(thread, SYNCHRONIZE));
  CHECK(wait(again) == WAIT_OBJECT_0);
  if (under_wine()) return;  // which allows an object twice
  CHECK(refusal_of([&] { return wait_all({thread, again}); }) == ERROR_INVALID_PARAMETER);
}
