// SPDX-License-Identifier: MIT
//
// What only the veneer promises of its table of handles.
#include "support/names.hpp"
#include "support/threads.hpp"

#include "veneer/calls.hpp"
#include "veneer/posix/child.hpp"

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <string>

#include <unistd.h>

using namespace veneer_tests;
using support::ready;
using support::unique_name;
using support::worker;

namespace {

HANDLE signalled_by_handler = nullptr;

bool exists(const std::string& name) {
  const handle found(OpenEventA(SYNCHRONIZE, FALSE, name.c_str()));
  return found != nullptr;
}

}  // namespace

TEST_CASE("an object stays until the waits through a closed handle have ended", "[veneer][table]") {
  const std::string name = unique_name("waited");
  const HANDLE event = CreateEventA(nullptr, FALSE, FALSE, name.c_str());
  worker waiter;
  auto result = waiter.start([&] { return wait(event, patience()); });
  CHECK(waiter.blocks(result));
  REQUIRE(CloseHandle(event) != FALSE);
  CHECK(refusal_of([&] { return SetEvent(event); }) == ERROR_INVALID_HANDLE);
  handle other(OpenEventA(EVENT_ALL_ACCESS, FALSE, name.c_str()));
  REQUIRE(other != nullptr);
  CHECK(SetEvent(other) != FALSE);
  REQUIRE(ready(result));
  CHECK(result.get() == WAIT_OBJECT_0);
  other.close();
  CHECK_FALSE(exists(name));
}

TEST_CASE("a fork's child has the handles, but not the waits of its parent", "[veneer][table]") {
  const std::string name = unique_name("forked");
  const HANDLE event = CreateEventA(nullptr, FALSE, FALSE, name.c_str());
  const handle stop(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  worker waiter;
  auto result = waiter.start([&] {
    const HANDLE both[] = {event, stop};
    return WaitForMultipleObjects(2, both, FALSE, patience());
  });
  CHECK(waiter.blocks(result));
  const handle closed(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  const pid_t child = ::fork();
  if (child == 0) {
    // The parent closes its handle, so the name is the child's alone.
    if (wait(closed, patience()) != WAIT_OBJECT_0 || !exists(name)) ::_exit(1);
    if (CloseHandle(event) == FALSE) ::_exit(2);
    ::_exit(exists(name) ? 3 : 0);
  }
  CHECK(SetEvent(stop) != FALSE);
  REQUIRE(ready(result));
  CHECK(CloseHandle(event) != FALSE);
  CHECK(SetEvent(closed) != FALSE);
  CHECK(ended(child) == 0);
}

TEST_CASE("SetEvent may be called from a signal handler", "[veneer][table]") {
  const handle event(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  signalled_by_handler = event;
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = [](int) { SetEvent(signalled_by_handler); };
  ::sigaction(SIGUSR1, &action, &before);
  CHECK(wait(event) == WAIT_TIMEOUT);
  ::raise(SIGUSR1);
  CHECK(wait(event) == WAIT_OBJECT_0);
  ::sigaction(SIGUSR1, &before, nullptr);
}

TEST_CASE(
    "a source that another thread waits through is closed, and its duplicate has a new number",
    "[veneer][table]") {
  const HANDLE here = GetCurrentProcess();
  const HANDLE source = CreateEventA(nullptr, FALSE, FALSE, nullptr);
  worker waiter;
  auto result = waiter.start([&] { return wait(source, patience()); });
  CHECK_FALSE(ready(result, support::moment));
  HANDLE made = nullptr;
  REQUIRE(DuplicateHandle(here, source, here, &made, 0, FALSE,
                          DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS));
  const handle other(made);
  CHECK(made != source);
  CHECK(refusal_of([&] { return SetEvent(source); }) == ERROR_INVALID_HANDLE);
  CHECK(SetEvent(other) != FALSE);
  REQUIRE(ready(result));
  CHECK(result.get() == WAIT_OBJECT_0);
}

TEST_CASE("handles are replaced while other threads look them up", "[veneer][table]") {
  const HANDLE here = GetCurrentProcess();
  handle shared(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  const HANDLE value = shared;
  std::atomic<bool> stop{false};
  worker user;
  auto result = user.start([&] {
    int odd = 0;
    while (!stop) {
      SetLastError(untouched);
      if (ResetEvent(value) == FALSE && GetLastError() != ERROR_INVALID_HANDLE) ++odd;
    }
    return odd;
  });
  HANDLE now = value;
  for (int i = 0; i < 5000; ++i) {
    HANDLE made = nullptr;
    REQUIRE(DuplicateHandle(here, now, here, &made, 0, FALSE,
                            DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS));
    now = made;
  }
  stop = true;
  REQUIRE(ready(result));
  CHECK(result.get() == 0);
  if (now != value) CHECK(CloseHandle(now) != FALSE);
}
