// SPDX-License-Identifier: MIT
#include "calls.hpp"
#include "support/child.hpp"
#include "support/names.hpp"
#include "support/threads.hpp"

#include <catch2/catch_test_macros.hpp>

#include <list>
#include <string>

using namespace veneer_tests;
using support::unique_name;
using support::worker;

namespace {

HANDLE make_event(bool manual, bool set = false) {
  return CreateEventA(nullptr, manual ? TRUE : FALSE, set ? TRUE : FALSE, nullptr);
}
bool set(HANDLE event) {
  return quietly([&] { return SetEvent(event); });
}
bool unset(HANDLE event) {
  return quietly([&] { return ResetEvent(event); });
}
bool pulse(HANDLE event) {
  return quietly([&] { return PulseEvent(event); });
}

/// Threads that wait for an event, and count themselves when they have got it.
class waiters {
 public:
  waiters(HANDLE event, int count) : threads_(static_cast<std::size_t>(count)) {
    for (worker& each : threads_) {
      const auto result = each.start([this, event] {
        if (taken(event, patience())) ReleaseSemaphore(got_, 1, nullptr);
      });
      REQUIRE(each.blocks(result));
    }
  }
  /// Whether exactly so many more have got it.
  [[nodiscard]] bool exactly(int count) const {
    for (int i = 0; i < count; ++i)
      if (!taken(got_, patience())) return false;
    return wait(got_, moment) == WAIT_TIMEOUT;
  }

 private:
  handle got_ = CreateSemaphoreA(nullptr, 0, 99, nullptr);
  std::list<worker> threads_;
};

}  // namespace

CHILD(event_setter) {
  const handle event(OpenEventA(EVENT_MODIFY_STATE, FALSE, io.argument(0).c_str()));
  CHILD_REQUIRE(SetEvent(event) != FALSE);
  io.send("set");
  io.receive();
  return 0;
}

TEST_CASE("a new event sets the last error to none, one that is there to 183 (NAME-18, NAME-19)",
          "[veneer][event]") {
  const std::string name = unique_name("event");
  handle first;
  CHECK(error_after([&] { first = CreateEventA(nullptr, FALSE, FALSE, name.c_str()); }) == 0);
  REQUIRE(first != nullptr);
  handle second;
  CHECK(error_after([&] { second = CreateEventA(nullptr, FALSE, FALSE, name.c_str()); }) ==
        ERROR_ALREADY_EXISTS);
  CHECK(second != nullptr);
}

TEST_CASE("a manual event stays set for all, until it is reset (EVT-01)", "[veneer][event]") {
  const handle event(make_event(true));
  waiters all(event, 3);
  CHECK(set(event));
  CHECK(all.exactly(3));
  CHECK(taken(event));
  CHECK(taken(event));
  CHECK(unset(event));
  CHECK(wait(event) == WAIT_TIMEOUT);
}

TEST_CASE(
    "an automatic event lets one through for each time it is set, and waits for one "
    "(EVT-02)",
    "[veneer][event]") {
  const handle event(make_event(false));
  waiters all(event, 2);
  CHECK(set(event));
  CHECK(all.exactly(1));
  CHECK(wait(event) == WAIT_TIMEOUT);
  CHECK(set(event));
  CHECK(all.exactly(1));
  CHECK(set(event));
  CHECK(taken(event));
  CHECK(wait(event) == WAIT_TIMEOUT);
}

TEST_CASE("an event does not count, and may be set and reset in any state (EVT-03, EVT-04)",
          "[veneer][event]") {
  for (const bool manual : {false, true}) {
    const handle event(make_event(manual));
    CHECK(unset(event));
    CHECK(set(event));
    CHECK(set(event));
    CHECK(taken(event));
    CHECK(taken(event) == manual);
    CHECK(unset(event));
    CHECK(unset(event));
    CHECK(wait(event) == WAIT_TIMEOUT);
  }
}

TEST_CASE("a reset that follows at once takes nothing from those who waited (EVT-05)",
          "[veneer][event]") {
  const handle event(make_event(true));
  waiters all(event, 3);
  CHECK(set(event));
  CHECK(unset(event));
  CHECK(all.exactly(3));
}

TEST_CASE("a pulse releases who waits, all or one, and leaves the event unset (EVT-06)",
          "[veneer][event]") {
  for (const bool manual : {false, true}) {
    CAPTURE(manual);
    const handle event(make_event(manual));
    {
      waiters all(event, 2);
      CHECK(pulse(event));
      CHECK(all.exactly(manual ? 2 : 1));
      CHECK(wait(event) == WAIT_TIMEOUT);
      CHECK(set(event));
    }
    CHECK(set(event));
    CHECK(pulse(event));
    CHECK(wait(event) == WAIT_TIMEOUT);
  }
}

TEST_CASE("a pulse is not remembered by a wait for all that lacks another (EVT-07)",
          "[veneer][event]") {
  const handle pulsed(make_event(true));
  const handle other(make_event(true));
  const HANDLE both[] = {pulsed, other};
  worker waiter;
  auto result = waiter.start([&] { return WaitForMultipleObjects(2, both, TRUE, patience()); });
  CHECK(waiter.blocks(result));
  CHECK(pulse(pulsed));
  CHECK(set(other));
  CHECK(waiter.blocks(result));
  CHECK(set(pulsed));
  CHECK(result.get() == WAIT_OBJECT_0);
}

TEST_CASE("kind and state are those of the making, also where one is there (EVT-09, CRE-09)",
          "[veneer][event]") {
  const std::string name = unique_name("made");
  const handle first(CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
  const handle second(CreateEventA(nullptr, FALSE, TRUE, name.c_str()));
  CHECK(GetLastError() == ERROR_ALREADY_EXISTS);
  CHECK(wait(second) == WAIT_TIMEOUT);
  CHECK(set(second));
  CHECK(taken(second));
  CHECK(taken(first));
  struct {
    DWORD flags;
    bool manual, set;
  } const all[] = {{0, false, false},
                   {CREATE_EVENT_MANUAL_RESET, true, false},
                   {CREATE_EVENT_INITIAL_SET, false, true},
                   {CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET, true, true}};
  for (const auto& each : all) {
    const handle ex(CreateEventExA(nullptr, nullptr, each.flags, EVENT_ALL_ACCESS));
    const handle plain(make_event(each.manual, each.set));
    for (const HANDLE event : {static_cast<HANDLE>(ex), static_cast<HANDLE>(plain)}) {
      CAPTURE(each.flags);
      CHECK(taken(event) == each.set);
      CHECK(set(event));
      CHECK(taken(event));
      CHECK(taken(event) == each.manual);
    }
  }
}

TEST_CASE("reset and pulse need EVENT_MODIFY_STATE as well (EVT-10)", "[veneer][event]") {
  const handle event(CreateEventExA(nullptr, nullptr, CREATE_EVENT_INITIAL_SET, SYNCHRONIZE));
  CHECK(refusal_of([&] { return SetEvent(event); }) == ERROR_ACCESS_DENIED);
  CHECK(refusal_of([&] { return ResetEvent(event); }) == ERROR_ACCESS_DENIED);
  CHECK(refusal_of([&] { return PulseEvent(event); }) == ERROR_ACCESS_DENIED);
  CHECK(taken(event));
  const handle mutex(CreateMutexA(nullptr, FALSE, nullptr));
  CHECK(refusal_of([&] { return ResetEvent(mutex); }) == ERROR_INVALID_HANDLE);
  CHECK(refusal_of([&] { return PulseEvent(mutex); }) == ERROR_INVALID_HANDLE);
}

TEST_CASE("what a process has set stays so when it is killed (EVT-12)", "[veneer][event]") {
  const std::string name = unique_name("setter");
  const handle event(CreateEventA(nullptr, FALSE, FALSE, name.c_str()));
  support::child setter("event_setter", {name});
  setter.expect("set");
  setter.kill();
  CHECK(taken(event));
  CHECK(wait(event) == WAIT_TIMEOUT);
}
