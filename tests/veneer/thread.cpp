// SPDX-License-Identifier: MIT
#include "calls.hpp"
#include "support.hpp"
#include "support/limits.hpp"

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <chrono>
#include <set>
#include <utility>
#include <vector>

using namespace veneer_tests;

namespace {

DWORD thread_code_of(HANDLE thread) {
  DWORD code = 0;
  CHECK(quietly([&] { return GetExitCodeThread(thread, &code); }));
  return code;
}

HANDLE start(LPTHREAD_START_ROUTINE routine, void* argument = nullptr, DWORD flags = 0,
             DWORD* id = nullptr) {
  return CreateThread(nullptr, 0, routine, argument, flags, id);
}

DWORD WINAPI waits_for(void* event) {
  return WaitForSingleObject(event, patience()) == WAIT_OBJECT_0 ? 7 : 8;
}

DWORD WINAPI returns_at_once(void* /*nothing*/) { return 3; }

}  // namespace

TEST_CASE("a thread runs its function, and its handle is signalled from its end on (WAIT-03)",
          "[veneer][thread]") {
  const handle go(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  DWORD id = 0;
  const handle thread(start(waits_for, go, 0, &id));
  REQUIRE(thread != nullptr);
  CHECK(id != 0);
  CHECK(id != GetCurrentThreadId());
  CHECK(GetThreadId(thread) == id);
  CHECK(wait(thread, moment) == WAIT_TIMEOUT);
  CHECK(thread_code_of(thread) == STILL_ACTIVE);
  SetEvent(go);
  CHECK(wait(thread, patience()) == WAIT_OBJECT_0);
  CHECK(wait(thread) == WAIT_OBJECT_0);  // waits change nothing
  CHECK(thread_code_of(thread) == 7);
}

TEST_CASE("a thread is waited for together with other objects (WAIT-05, WAIT-09)",
          "[veneer][thread]") {
  const handle go(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  const handle other(CreateSemaphoreA(nullptr, 1, 1, nullptr));
  const handle thread(start(waits_for, go));
  const HANDLE both[] = {thread, other};
  CHECK(WaitForMultipleObjects(2, both, TRUE, moment) == WAIT_TIMEOUT);
  CHECK(WaitForMultipleObjects(2, both, FALSE, 0) == WAIT_OBJECT_0 + 1);
  SetEvent(go);
  CHECK(WaitForMultipleObjects(2, both, FALSE, patience()) == WAIT_OBJECT_0);
  ReleaseSemaphore(other, 1, nullptr);
  CHECK(WaitForMultipleObjects(2, both, TRUE, patience()) == WAIT_OBJECT_0);
}

TEST_CASE("CreateThread begins no thread at once when it is suspended; ResumeThread begins it",
          "[veneer][thread]") {
  const handle thread(start(returns_at_once, nullptr, CREATE_SUSPENDED));
  REQUIRE(thread != nullptr);
  CHECK(wait(thread, moment) == WAIT_TIMEOUT);
  CHECK(thread_code_of(thread) == STILL_ACTIVE);
  CHECK(ResumeThread(thread) == 1);
  CHECK(wait(thread, patience()) == WAIT_OBJECT_0);
  CHECK(thread_code_of(thread) == 3);
  const handle runs(start(waits_for, nullptr));
  CHECK(ResumeThread(runs) == 0);
  CHECK(ResumeThread(GetCurrentThread()) == 0);
  CHECK(wait(runs, patience()) == WAIT_OBJECT_0);
}

namespace {

int dive(int left) {
  if (left < 0) return 0;
  if (left == 0) ExitThread(77);
  return dive(left - 1) + left;
}

DWORD WINAPI dives(void* /*nothing*/) { return static_cast<DWORD>(dive(5)); }

}  // namespace

TEST_CASE("ExitThread ends a thread from any depth, with its code", "[veneer][thread]") {
  const handle thread(start(dives));
  CHECK(wait(thread, patience()) == WAIT_OBJECT_0);
  CHECK(thread_code_of(thread) == 77);
}

namespace {

DWORD WINAPI exits_in_a_handler(void* /*nothing*/) {
  try {
    ExitThread(78);
  } catch (...) {
  }
  return 1;
}

void leaves() noexcept { ExitThread(79); }

DWORD WINAPI exits_without_exceptions(void* /*nothing*/) {
  leaves();
  return 1;
}

}  // namespace

TEST_CASE("ExitThread unwinds nothing, so no handler and no noexcept is in its way",
          "[veneer][thread]") {
  for (const auto& [routine, code] : {std::pair{&exits_in_a_handler, DWORD{78}},
                                      std::pair{&exits_without_exceptions, DWORD{79}}}) {
    const handle thread(start(routine));
    CHECK(wait(thread, patience()) == WAIT_OBJECT_0);
    CHECK(thread_code_of(thread) == code);
  }
}

TEST_CASE("what a thread's code may be is any number, even that of a thread that runs",
          "[veneer][thread]") {
  const auto returns = [](void* code) -> DWORD { return *static_cast<DWORD*>(code); };
  for (DWORD code : {DWORD{0}, DWORD{259}, DWORD{0x80001234}, DWORD{0xFFFFFFFF}}) {
    const handle thread(start(returns, &code));
    CHECK(wait(thread, patience()) == WAIT_OBJECT_0);
    CHECK(thread_code_of(thread) == code);
  }
}

namespace {

struct owner {
  HANDLE first;
  HANDLE second;
  HANDLE owns;  // set when it does
  HANDLE go;
  bool exit_thread;
};

DWORD WINAPI owns_two(void* argument) {
  const owner& what = *static_cast<owner*>(argument);
  WaitForSingleObject(what.first, patience());
  WaitForSingleObject(what.first, patience());  // twice
  WaitForSingleObject(what.second, patience());
  SetEvent(what.owns);
  WaitForSingleObject(what.go, patience());
  if (what.exit_thread) ExitThread(1);
  return 0;
}

}  // namespace

TEST_CASE(
    "mutexes that a thread owns at its end are abandoned before its handle is signalled "
    "(MTX-06, MTX-07, MTX-18)",
    "[veneer][thread][mutex]") {
  for (const bool exit_thread : {false, true}) {
    INFO("ExitThread: " << exit_thread);
    for (int round = 0; round < 20; ++round) {
      const handle first(CreateMutexA(nullptr, FALSE, nullptr));
      const handle second(CreateMutexA(nullptr, FALSE, nullptr));
      const handle owns(CreateEventA(nullptr, TRUE, FALSE, nullptr));
      const handle go(CreateEventA(nullptr, TRUE, FALSE, nullptr));
      owner what{first, second, owns, go, exit_thread};
      const handle thread(start(owns_two, &what));
      REQUIRE(wait(owns, patience()) == WAIT_OBJECT_0);
      CHECK(wait(first) == WAIT_TIMEOUT);
      SetEvent(go);
      REQUIRE(wait(thread, patience()) == WAIT_OBJECT_0);
      CHECK(wait(first) == WAIT_ABANDONED);  // at once
      CHECK(wait(second) == WAIT_ABANDONED);
      CHECK(ReleaseMutex(first));
      CHECK_FALSE(ReleaseMutex(first));  // whatever the depth was
      CHECK(ReleaseMutex(second));
    }
  }
}

TEST_CASE("the handle may be closed before its thread ends", "[veneer][thread]") {
  const handle go(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  const handle done(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  HANDLE both[] = {go, done};
  const auto tells = [](void* events) -> DWORD {
    auto* const each = static_cast<HANDLE*>(events);
    WaitForSingleObject(each[0], patience());
    SetEvent(each[1]);
    return 0;
  };
  handle thread(start(tells, both));
  thread.close();
  SetEvent(go);
  CHECK(wait(done, patience()) == WAIT_OBJECT_0);
}

TEST_CASE("GetCurrentThread is the calling thread; a duplicate is a real handle to it (DUP-10)",
          "[veneer][thread]") {
  const HANDLE here = GetCurrentProcess();
  const auto gives_itself = [](void* made) -> DWORD {
    return DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(),
                           static_cast<HANDLE*>(made), 0, FALSE, DUPLICATE_SAME_ACCESS) != FALSE
               ? 5
               : 6;
  };
  HANDLE itself = nullptr;
  const handle thread(start(gives_itself, &itself));
  REQUIRE(wait(thread, patience()) == WAIT_OBJECT_0);
  CHECK(thread_code_of(thread) == 5);
  const handle given(itself);
  REQUIRE(given != nullptr);
  CHECK(given != thread);
  CHECK(wait(given) == WAIT_OBJECT_0);
  CHECK(thread_code_of(given) == 5);
  CHECK(GetThreadId(given) == GetThreadId(thread));

  HANDLE mine = nullptr;
  CHECK(quietly([&] {
    return DuplicateHandle(here, GetCurrentThread(), here, &mine, 0, FALSE, DUPLICATE_SAME_ACCESS);
  }));
  const handle me(mine);
  CHECK(wait(me) == WAIT_TIMEOUT);
  CHECK(GetThreadId(me) == GetCurrentThreadId());
  CHECK(GetThreadId(GetCurrentThread()) == GetCurrentThreadId());
  CHECK(thread_code_of(GetCurrentThread()) == STILL_ACTIVE);
  CHECK(thread_code_of(me) == STILL_ACTIVE);
  CHECK(CloseHandle(GetCurrentThread()));
}

TEST_CASE("the pseudo handle of a thread is good for one wait, not for one among many (WAIT-14)",
          "[veneer][thread]") {
  CHECK(wait(GetCurrentThread(), moment) == WAIT_TIMEOUT);
  if (under_wine()) SKIP("Wine takes pseudo handles in a wait for many");
  const HANDLE one[] = {GetCurrentThread()};
  CHECK(refusal_of([&] { return WaitForMultipleObjects(1, one, FALSE, 0); }) ==
        ERROR_INVALID_HANDLE);
}

TEST_CASE("duplicates of a thread handle have the rights that were asked for (DUP-02)",
          "[veneer][thread]") {
  const handle thread(start(returns_at_once, nullptr, CREATE_SUSPENDED));
  const handle only_waits(copy_of(thread, SYNCHRONIZE));
  DWORD code = 0;
  CHECK(refusal_of([&] { return GetExitCodeThread(only_waits, &code); }) == ERROR_ACCESS_DENIED);
  CHECK(error_after([&] { CHECK(ResumeThread(only_waits) == static_cast<DWORD>(-1)); }) ==
        ERROR_ACCESS_DENIED);
  const handle only_asks(copy_of(thread, THREAD_QUERY_INFORMATION));
  CHECK(thread_code_of(only_asks) == STILL_ACTIVE);
  CHECK(wait(only_asks) == WAIT_FAILED);
  CHECK(GetLastError() == ERROR_ACCESS_DENIED);
  CHECK(ResumeThread(thread) == 1);
  CHECK(wait(only_waits, patience()) == WAIT_OBJECT_0);
}

TEST_CASE("what is no thread is refused: 6", "[veneer][thread]") {
  const handle event(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  DWORD code = 0;
  CHECK(refusal_of([&] { return GetExitCodeThread(event, &code); }) == ERROR_INVALID_HANDLE);
  CHECK(refusal_of([&] { return GetExitCodeThread(nullptr, &code); }) == ERROR_INVALID_HANDLE);
  CHECK(error_after([&] { CHECK(ResumeThread(event) == static_cast<DWORD>(-1)); }) ==
        ERROR_INVALID_HANDLE);
  CHECK(error_after([&] { CHECK(GetThreadId(event) == 0); }) == ERROR_INVALID_HANDLE);
}

TEST_CASE("many threads at once, and the numbers of those that live are different",
          "[veneer][thread]") {
  const handle go(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  std::vector<handle> threads;
  std::vector<HANDLE> all;
  std::set<DWORD> ids{GetCurrentThreadId()};
  constexpr std::size_t count = 40;
  for (std::size_t i = 0; i < count; ++i) {
    DWORD id = 0;
    threads.emplace_back(CreateThread(nullptr, SIZE_T{64} * 1024, waits_for, go,
                                      i % 2 == 0 ? 0 : STACK_SIZE_PARAM_IS_A_RESERVATION, &id));
    REQUIRE(threads.back() != nullptr);
    all.push_back(threads.back());
    ids.insert(id);
  }
  CHECK(ids.size() == count + 1);
  SetEvent(go);
  CHECK(WaitForMultipleObjects(count, all.data(), TRUE, patience()) == WAIT_OBJECT_0);
  for (const HANDLE each : all) CHECK(thread_code_of(each) == 7);
}
