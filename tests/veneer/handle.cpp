// SPDX-License-Identifier: MIT
//
// Handles: their numbers, their flags, their end.
#include "support/names.hpp"
#include "support/threads.hpp"

#include "calls.hpp"
#include "kinds.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <vector>

using namespace veneer_tests;
using support::ready;
using support::unique_name;
using support::worker;

namespace {

HANDLE make() { return CreateEventA(nullptr, FALSE, FALSE, nullptr); }

HANDLE plus(HANDLE handle, ULONG_PTR more) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): handles are numbers that look like pointers
  return reinterpret_cast<HANDLE>(reinterpret_cast<ULONG_PTR>(handle) + more);
}

DWORD handle_flags(HANDLE handle) {
  DWORD flags = untouched;
  CHECK(quietly([&] { return GetHandleInformation(handle, &flags); }));
  return flags;
}

DWORD close_refusal(HANDLE handle) {
  return refusal_of([&] { return CloseHandle(handle); });
}

}  // namespace

TEST_CASE("handles are multiples of four, and the lowest free one comes next (LIFE-10)",
          "[veneer][handle]") {
  std::array<handle, 5> made;
  for (handle& one : made) {
    one = make();
    CHECK(reinterpret_cast<ULONG_PTR>(static_cast<HANDLE>(one)) % 4 == 0);
  }
  // The system's own threads take free numbers as well, though not in each of these moments.
  bool next = false;
  for (int tries = 0; tries < 20 && !next; ++tries) {
    const HANDLE low = std::min<HANDLE>(made[1], made[3]);
    const HANDLE high = std::max<HANDLE>(made[1], made[3]);
    made[3].close();
    made[1].close();
    made[1] = make();
    made[3] = make();
    next = made[1] == low && made[3] == high;
  }
  CHECK(next);
}

TEST_CASE("the low two bits of a handle do not count (LIFE-10)", "[veneer][handle]") {
  const handle event(make());
  for (const ULONG_PTR more : {1U, 2U, 3U}) {
    CHECK(quietly([&] { return SetEvent(plus(event, more)); }));
    CHECK(taken(event));
  }
}

TEST_CASE("closing what is no handle is refused with 6 (LIFE-09)", "[veneer][handle]") {
  // The system's own threads take the lowest free numbers, and may do so at any moment.
  std::array<handle, 8> made;
  for (handle& one : made) one = make();
  const HANDLE value = *std::max_element(made.begin(), made.end());
  for (handle& one : made) one.close();
  for (const HANDLE none : {HANDLE{nullptr}, value, plus(nullptr, 0x3FFFF0)})
    CHECK(close_refusal(none) == ERROR_INVALID_HANDLE);
}

TEST_CASE("a handle that is protected cannot be closed (LIFE-09)", "[veneer][handle]") {
  const handle event(make());
  REQUIRE(SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE,
                               HANDLE_FLAG_PROTECT_FROM_CLOSE) != FALSE);
  CHECK(close_refusal(event) == ERROR_INVALID_HANDLE);
  CHECK(quietly([&] { return SetEvent(event); }));
  CHECK(quietly([&] { return SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0); }));
}

TEST_CASE("a handle's flags are set by mask, for it alone (INH-05)", "[veneer][handle]") {
  const handle event(make());
  const handle other(copy_of(event, EVENT_ALL_ACCESS));
  CHECK(handle_flags(event) == 0);
  CHECK(quietly(
      [&] { return SetHandleInformation(event, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT); }));
  CHECK(handle_flags(event) == HANDLE_FLAG_INHERIT);
  CHECK(quietly([&] { return SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0); }));
  CHECK(handle_flags(event) == HANDLE_FLAG_INHERIT);
  CHECK(quietly([&] { return SetHandleInformation(event, HANDLE_FLAG_INHERIT, 0); }));
  CHECK(handle_flags(event) == 0);
  CHECK(handle_flags(other) == 0);
}

TEST_CASE("what is no handle has no flags (LIFE-09)", "[veneer][handle]") {
  DWORD flags = 0;
  CHECK(refusal_of([&] { return GetHandleInformation(nullptr, &flags); }) == ERROR_INVALID_HANDLE);
  CHECK(refusal_of([&] { return SetHandleInformation(nullptr, HANDLE_FLAG_INHERIT, 0); }) ==
        ERROR_INVALID_HANDLE);
}

TEST_CASE("a name goes with the last handle (LIFE-01, LIFE-05, LIFE-06)", "[veneer][handle]") {
  const std::string name = unique_name("life");
  for (const kind_form& form : kinds) {
    CAPTURE(form.word);
    handle first(form.make(name.c_str()));
    handle second(form.open_all(name.c_str()));
    REQUIRE(second != nullptr);
    first.close();
    CHECK(handle(form.open_all(name.c_str())) != nullptr);
    second.close();
    CHECK(refusal_of([&] { return form.open_all(name.c_str()); }) == ERROR_FILE_NOT_FOUND);
  }
}

TEST_CASE("a duplicate without a target closes the source (DUP-08)", "[veneer][handle]") {
  const HANDLE event = make();
  (void)DuplicateHandle(GetCurrentProcess(), event, nullptr, nullptr, 0, FALSE,
                        DUPLICATE_CLOSE_SOURCE);
  CHECK(refusal_of([&] { return SetEvent(event); }) == ERROR_INVALID_HANDLE);
}

TEST_CASE("a duplicate for what is no process is refused with 6, and nothing is made (DUP-09)",
          "[veneer][handle]") {
  const handle event(make());
  const handle no_process(make());
  HANDLE made = nullptr;
  CHECK(refusal_of([&] {
          return DuplicateHandle(GetCurrentProcess(), event, no_process, &made, 0, FALSE,
                                 DUPLICATE_SAME_ACCESS);
        }) == ERROR_INVALID_HANDLE);
  CHECK(made == nullptr);
  CHECK(quietly([&] { return SetEvent(event); }));
}

TEST_CASE("threads may make, use and close handles at once (LIFE-10)", "[veneer][handle]") {
  constexpr int crowd = 4;
  constexpr int rounds = 400;
  std::atomic<int> wrong{0};
  std::array<worker, crowd> workers;
  std::vector<std::future<int>> results;
  results.reserve(workers.size());
  for (worker& one : workers)
    results.push_back(one.start([&] {
      for (int i = 0; i < rounds; ++i) {
        const handle first(make());
        const handle second(CreateSemaphoreA(nullptr, 0, 1, nullptr));
        const handle third(copy_of(first, SYNCHRONIZE));
        if (SetEvent(first) == FALSE || ReleaseSemaphore(second, 1, nullptr) == FALSE) ++wrong;
        const HANDLE both[] = {second, third};
        if (WaitForMultipleObjects(2, both, TRUE, 0) != WAIT_OBJECT_0) ++wrong;
      }
      return 0;
    }));
  for (auto& result : results) REQUIRE(ready(result));
  CHECK(wrong == 0);
}

TEST_CASE("a handle that another thread closes is there or is not (LIFE-09)", "[veneer][handle]") {
  std::atomic<HANDLE> shared{nullptr};
  std::atomic<bool> stop{false};
  worker user;
  auto result = user.start([&] {
    int odd = 0;
    while (!stop) {
      SetLastError(untouched);
      if (ResetEvent(shared) == FALSE && GetLastError() != ERROR_INVALID_HANDLE) ++odd;
    }
    return odd;
  });
  for (int i = 0; i < 2000; ++i) {
    const handle event(make());
    shared = event;
  }
  stop = true;
  REQUIRE(ready(result));
  CHECK(result.get() == 0);
}
