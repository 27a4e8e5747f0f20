// SPDX-License-Identifier: MIT
//
// Critical sections and interlocked operations: what threads have among themselves. REFERENCE has
// no rows for them; the tests pass on both systems.
#include "calls.hpp"
#include "mappings.hpp"
#include "support/threads.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <future>
#include <vector>

using namespace veneer_tests;
using support::worker;

namespace {

/// One that goes with its scope.
class critical {
 public:
  critical() { InitializeCriticalSection(&section_); }
  critical(const critical&) = delete;
  critical& operator=(const critical&) = delete;
  ~critical() { DeleteCriticalSection(&section_); }

  LPCRITICAL_SECTION operator&() { return &section_; }  // NOLINT: as the structure itself

 private:
  CRITICAL_SECTION section_{};
};

/// Whether another thread could enter at once; it leaves again.
bool free_for_others(LPCRITICAL_SECTION section) {
  return support::in_thread([&] {
    const bool entered = TryEnterCriticalSection(section) != FALSE;
    if (entered) LeaveCriticalSection(section);
    return entered;
  });
}

/// Does the work in four threads at once. False: one does not come back, or says so.
bool in_four(const std::function<bool()>& work) {
  std::array<worker, 4> threads;
  std::vector<std::future<bool>> results;
  results.reserve(threads.size());
  for (worker& each : threads) results.push_back(each.start(work));
  return std::all_of(results.begin(), results.end(),
                     [](auto& each) { return support::ready(each) && each.get(); });
}

}  // namespace

TEST_CASE("a critical section is one thread's, as often as it enters", "[veneer][threads]") {
  critical section;
  EnterCriticalSection(&section);
  CHECK(TryEnterCriticalSection(&section) != FALSE);
  CHECK_FALSE(free_for_others(&section));
  LeaveCriticalSection(&section);
  CHECK_FALSE(free_for_others(&section));
  LeaveCriticalSection(&section);
  CHECK(free_for_others(&section));
}

TEST_CASE("a spin count makes no difference to what a critical section is", "[veneer][threads]") {
  CRITICAL_SECTION section;
  REQUIRE(InitializeCriticalSectionAndSpinCount(&section, 4000) != FALSE);
  EnterCriticalSection(&section);
  CHECK_FALSE(free_for_others(&section));
  LeaveCriticalSection(&section);
  CHECK(free_for_others(&section));
  DeleteCriticalSection(&section);
}

TEST_CASE("a critical section lets threads in one after the other", "[veneer][threads]") {
  critical section;
  int count = 0;
  REQUIRE(in_four([&] {
    for (int i = 0; i < 1000; ++i) {
      EnterCriticalSection(&section);
      const int before = count;
      if (i % 64 == 0) SwitchToThread();
      count = before + 1;
      LeaveCriticalSection(&section);
    }
    return true;
  }));
  CHECK(count == 4000);
}

TEST_CASE("interlocked operations give the old value, steps the new one", "[veneer][threads]") {
  LONG number = 10;
  CHECK(InterlockedIncrement(&number) == 11);
  CHECK(InterlockedDecrement(&number) == 10);
  CHECK(InterlockedExchangeAdd(&number, -3) == 10);
  CHECK(InterlockedExchange(&number, 0x0F) == 7);
  CHECK(InterlockedCompareExchange(&number, 99, 1) == 0x0F);
  CHECK(number == 0x0F);
  CHECK(InterlockedCompareExchange(&number, 0x3C, 0x0F) == 0x0F);
  CHECK(InterlockedAnd(&number, 0x0C) == 0x3C);
  CHECK(InterlockedOr(&number, 0x03) == 0x0C);
  CHECK(InterlockedXor(&number, 0x05) == 0x0F);
  CHECK(number == 0x0A);
}

TEST_CASE("interlocked operations take 64 bits and pointers as well", "[veneer][threads]") {
  constexpr LONG64 big = LONG64{1} << 40;
  alignas(8) LONG64 number = big;
  CHECK(InterlockedIncrement64(&number) == big + 1);
  CHECK(InterlockedDecrement64(&number) == big);
  CHECK(InterlockedExchangeAdd64(&number, big) == big);
  CHECK(InterlockedExchange64(&number, 3) == 2 * big);
  CHECK(InterlockedCompareExchange64(&number, big, 3) == 3);
  CHECK(InterlockedOr64(&number, 5) == big);
  CHECK(InterlockedXor64(&number, 1) == (big | 5));
  CHECK(InterlockedAnd64(&number, 7) == (big | 4));
  CHECK(number == 4);

  int one = 0;
  int other = 0;
  PVOID place = &one;
  CHECK(InterlockedExchangePointer(&place, &other) == &one);
  CHECK(InterlockedCompareExchangePointer(&place, nullptr, &one) == &other);
  CHECK(InterlockedCompareExchangePointer(&place, nullptr, &other) == &other);
  MemoryBarrier();
  CHECK(place == nullptr);
}

TEST_CASE("interlocked operations count right in the views of several threads",
          "[veneer][threads]") {
  const handle section(memory(4096));
  REQUIRE(in_four([&] {
    const mapped view(section);
    if (!view) return false;
    auto* const count = static_cast<LONG*>(view.base());
    for (int i = 0; i < 10000; ++i) InterlockedIncrement(count);
    return true;
  }));
  const mapped view(section, FILE_MAP_READ);
  REQUIRE(view);
  CHECK(*static_cast<LONG*>(view.base()) == 40000);
}
