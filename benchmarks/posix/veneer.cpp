// SPDX-License-Identifier: MIT
//
// What the Win32 functions cost beside the calls of the library that they stand for, and what it
// costs to look a handle up. The differences count here more than the ratios: at most 25 ns for a
// call, of which there are two in each of the first rows, and 10 ns for looking up.
#include <isthmus/win32.h>
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>

#include "row.hpp"

#include <atomic>

namespace bench {
namespace {

constexpr plan usual{.iterations = 5000, .rounds = 300};

figures event_calls(effort work) {
  const HANDLE handle = CreateEventA(nullptr, FALSE, FALSE, nullptr);
  auto event = isthmus::event::create();
  const side ours = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      SetEvent(handle);
      benchmark::DoNotOptimize(WaitForSingleObject(handle, INFINITE));
    }
  };
  const side peer = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      event.set();
      benchmark::DoNotOptimize(event.wait());
    }
  };
  const auto found = compare(usual, work, ours, peer);
  CloseHandle(handle);
  return found;
}

figures mutex_calls(effort work) {
  const HANDLE handle = CreateMutexA(nullptr, FALSE, nullptr);
  auto mutex = isthmus::mutex::create();
  const side ours = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      benchmark::DoNotOptimize(WaitForSingleObject(handle, INFINITE));
      ReleaseMutex(handle);
    }
  };
  const side peer = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      benchmark::DoNotOptimize(mutex.lock());
      mutex.unlock();
    }
  };
  const auto found = compare(usual, work, ours, peer);
  CloseHandle(handle);
  return found;
}

figures look_up(effort work) {
  const HANDLE handle = CreateEventA(nullptr, FALSE, FALSE, nullptr);
  std::atomic<std::uint64_t> word = 0;
  const side ours = [&](benchmark::State& state) {
    DWORD flags = 0;
    for ([[maybe_unused]] auto _ : state) {
      GetHandleInformation(handle, &flags);
      benchmark::DoNotOptimize(flags);
    }
  };
  const side peer = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      benchmark::DoNotOptimize(word.fetch_add(1, std::memory_order_acquire));
      benchmark::DoNotOptimize(word.fetch_sub(1, std::memory_order_release));
    }
  };
  const auto found = compare(usual, work, ours, peer);
  CloseHandle(handle);
  return found;
}

}  // namespace

std::vector<row> veneer_rows() {
  return {{"SetEvent + WaitForSingleObject", "event::set + wait", no_target, event_calls},
          {"WaitForSingleObject + ReleaseMutex", "mutex::lock + unlock", no_target, mutex_calls},
          {"look a handle up", "two bare atomic operations", no_target, look_up}};
}

}  // namespace bench
