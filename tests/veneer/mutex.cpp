// SPDX-License-Identifier: MIT
#include "calls.hpp"
#include "support/child.hpp"
#include "support/names.hpp"
#include "support/threads.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace veneer_tests;
using support::in_thread;
using support::unique_name;
using support::worker;

namespace {

HANDLE make_mutex(bool owned = false) {
  return CreateMutexA(nullptr, owned ? TRUE : FALSE, nullptr);
}

DWORD release_refusal(HANDLE mutex) {
  return refusal_of([&] { return ReleaseMutex(mutex); });
}
bool released(HANDLE mutex) {
  return quietly([&] { return ReleaseMutex(mutex); });
}
/// Whether another thread could have it; it gives it back.
bool is_free(HANDLE mutex) {
  return in_thread([&] {
    const DWORD result = wait(mutex);
    if (result == WAIT_OBJECT_0) ReleaseMutex(mutex);
    return result == WAIT_OBJECT_0;
  });
}
/// A thread that takes it so often, and ends.
void take_and_end(HANDLE mutex, int times = 1) {
  in_thread([&] {
    for (int i = 0; i < times; ++i) wait(mutex, patience());
    return 0;
  });
}

}  // namespace

CHILD(mutex_owner) {
  const handle mutex(OpenMutexA(SYNCHRONIZE, FALSE, io.argument(0).c_str()));
  CHILD_REQUIRE(wait(mutex, patience()) == WAIT_OBJECT_0);
  CHILD_REQUIRE(wait(mutex) == WAIT_OBJECT_0);
  io.send("owned");
  return io.receive() == "release" && ReleaseMutex(mutex) && ReleaseMutex(mutex) ? 0 : 1;
}

TEST_CASE("a mutex is owned by a thread, as often as it takes it (MTX-01, MTX-02)",
          "[veneer][mutex]") {
  const handle mutex(make_mutex());
  for (int i = 0; i < 3; ++i) CHECK(wait(mutex) == WAIT_OBJECT_0);
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(is_free(mutex));
    CHECK(released(mutex));
  }
  CHECK(is_free(mutex));
  CHECK(release_refusal(mutex) == ERROR_NOT_OWNER);
}

TEST_CASE("a release by another thread, or by nobody's owner, is 288 and changes nothing (MTX-03)",
          "[veneer][mutex]") {
  const handle mutex(make_mutex());
  CHECK(release_refusal(mutex) == ERROR_NOT_OWNER);
  CHECK(wait(mutex) == WAIT_OBJECT_0);
  CHECK(in_thread([&] { return release_refusal(mutex); }) == ERROR_NOT_OWNER);
  CHECK_FALSE(is_free(mutex));
  CHECK(released(mutex));
}

TEST_CASE("a release needs no right, a wait needs SYNCHRONIZE (MTX-04)", "[veneer][mutex]") {
  const handle mutex(make_mutex(true));
  const handle weak(copy_of(mutex, READ_CONTROL));
  REQUIRE(weak != nullptr);
  CHECK(refusal_of([&] { return WaitForSingleObject(weak, 0); }) == ERROR_ACCESS_DENIED);
  CHECK(released(weak));
  CHECK(is_free(mutex));
}

TEST_CASE(
    "a new mutex is owned once where that is asked for, one that is there is not (MTX-05, "
    "CRE-07)",
    "[veneer][mutex]") {
  for (const bool ex : {false, true}) {
    const std::string name = unique_name("owned");
    const auto create = [&] {
      return ex ? CreateMutexExA(nullptr, name.c_str(), CREATE_MUTEX_INITIAL_OWNER,
                                 MUTEX_ALL_ACCESS)
                : CreateMutexA(nullptr, TRUE, name.c_str());
    };
    const handle first(create());
    CHECK_FALSE(is_free(first));
    CHECK(released(first));
    CHECK(release_refusal(first) == ERROR_NOT_OWNER);
    const handle second(create());
    CHECK(GetLastError() == ERROR_ALREADY_EXISTS);
    CHECK(release_refusal(second) == ERROR_NOT_OWNER);
    CHECK(is_free(first));
  }
}

TEST_CASE("an owner's end frees a mutex, and one wait is told (MTX-06, MTX-07, MTX-08)",
          "[veneer][mutex]") {
  const handle mutex(make_mutex());
  take_and_end(mutex, 2);
  CHECK(wait(mutex) == WAIT_ABANDONED);
  CHECK(wait(mutex) == WAIT_OBJECT_0);
  CHECK(released(mutex));
  CHECK_FALSE(is_free(mutex));  // still owned, and once
  CHECK(released(mutex));
  CHECK(release_refusal(mutex) == ERROR_NOT_OWNER);
  CHECK(is_free(mutex));
}

TEST_CASE("a killed process's mutex wakes who waits for it, abandoned (MTX-06, MTX-09)",
          "[veneer][mutex]") {
  const std::string name = unique_name("killed");
  const handle mutex(CreateMutexA(nullptr, FALSE, name.c_str()));
  support::child owner("mutex_owner", {name});
  owner.expect("owned");
  CHECK(wait(mutex, moment) == WAIT_TIMEOUT);
  worker waiter;
  auto result = waiter.start([&] { return wait(mutex, patience()); });
  CHECK(waiter.blocks(result));
  owner.kill();
  REQUIRE(support::ready(result));
  CHECK(result.get() == WAIT_ABANDONED);
  CHECK(waiter.run([&] { return released(mutex); }));
  CHECK(is_free(mutex));
}

TEST_CASE("a mutex goes from process to process (MTX-01)", "[veneer][mutex]") {
  const std::string name = unique_name("passed");
  const handle mutex(CreateMutexA(nullptr, FALSE, name.c_str()));
  support::child owner("mutex_owner", {name});
  owner.expect("owned");
  CHECK(wait(mutex, moment) == WAIT_TIMEOUT);
  owner.send("release");
  CHECK(wait(mutex, patience()) == WAIT_OBJECT_0);
  CHECK(owner.exit_code() == 0);
  CHECK(released(mutex));
}

TEST_CASE("an abandoned mutex stays so until somebody takes it, and goes with it (MTX-10, MTX-11)",
          "[veneer][mutex]") {
  const std::string name = unique_name("left");
  handle mutex(CreateMutexA(nullptr, FALSE, name.c_str()));
  take_and_end(mutex);
  CHECK(release_refusal(mutex) == ERROR_NOT_OWNER);
  CHECK(wait(mutex, moment) == WAIT_ABANDONED);
  CHECK(released(mutex));
  take_and_end(mutex);
  mutex.close();
  const handle anew(CreateMutexA(nullptr, FALSE, name.c_str()));
  CHECK(GetLastError() == ERROR_SUCCESS);
  CHECK(wait(anew) == WAIT_OBJECT_0);
}

TEST_CASE("a wait that times out has not taken the mutex (MTX-12)", "[veneer][mutex]") {
  const handle mutex(make_mutex());
  worker owner;
  owner.run([&] { return wait(mutex); });
  CHECK(wait(mutex, moment) == WAIT_TIMEOUT);
  CHECK(owner.run([&] { return released(mutex); }));
  CHECK(is_free(mutex));
}

TEST_CASE("a thread's end abandons all its mutexes (MTX-18)", "[veneer][mutex]") {
  const handle first(make_mutex());
  const handle second(make_mutex());
  in_thread([&] { return wait(first) + wait(second); });
  CHECK(wait(second) == WAIT_ABANDONED);
  CHECK(wait(first) == WAIT_ABANDONED);
}

TEST_CASE("mutexes are released in any order (MTX-19)", "[veneer][mutex]") {
  const handle first(make_mutex(true));
  const handle second(make_mutex(true));
  CHECK(released(first));
  CHECK(is_free(first));
  CHECK_FALSE(is_free(second));
  CHECK(released(second));
}

TEST_CASE("ownership is the object's and the thread's, not the handle's (DUP-11, LIFE-05)",
          "[veneer][mutex]") {
  handle mutex(make_mutex(true));
  const handle copy(copy_of(mutex, MUTEX_ALL_ACCESS));
  REQUIRE(copy != nullptr);
  mutex.close();
  CHECK_FALSE(is_free(copy));
  CHECK(wait(copy) == WAIT_OBJECT_0);
  CHECK(released(copy));
  CHECK(released(copy));
  CHECK(is_free(copy));
}

TEST_CASE("a mutex that is owned goes with its last handle, and nobody is told (LIFE-04)",
          "[veneer][mutex]") {
  const std::string name = unique_name("quiet");
  handle mutex(CreateMutexA(nullptr, TRUE, name.c_str()));
  mutex.close();
  const handle anew(CreateMutexA(nullptr, FALSE, name.c_str()));
  CHECK(GetLastError() == ERROR_SUCCESS);
  CHECK(is_free(anew));
}
