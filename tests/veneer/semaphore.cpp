// SPDX-License-Identifier: MIT
#include "calls.hpp"
#include "support/child.hpp"
#include "support/names.hpp"
#include "support/threads.hpp"

#include <catch2/catch_test_macros.hpp>

#include <limits>
#include <list>
#include <string>

using namespace veneer_tests;
using support::unique_name;
using support::worker;

namespace {

constexpr LONG most = std::numeric_limits<LONG>::max();

HANDLE make_semaphore(LONG initial, LONG maximum, const char* name = nullptr) {
  return CreateSemaphoreA(nullptr, initial, maximum, name);
}

/// What is taken until it is empty.
LONG drained(HANDLE semaphore) {
  LONG count = 0;
  while (taken(semaphore)) ++count;
  return count;
}

}  // namespace

CHILD(permit_holder) {
  const handle semaphore(OpenSemaphoreA(SYNCHRONIZE, FALSE, io.argument(0).c_str()));
  CHILD_REQUIRE(taken(semaphore, patience()));
  io.send("taken");
  io.receive();
  return 0;
}

TEST_CASE("counts that make no sense are 87, whether the name exists or not (SEM-01, CRE-08)",
          "[veneer][semaphore]") {
  const std::string name = unique_name("counts");
  const handle there(make_semaphore(1, 2, name.c_str()));
  struct counts {
    LONG initial, most;
  };
  for (const auto& wrong : {counts{-1, 1}, {0, 0}, {1, 0}, {2, 1}, {0, -1}}) {
    const LONG initial = wrong.initial;  // a lambda may not use the parts of a binding
    const LONG maximum = wrong.most;
    CAPTURE(initial, maximum);
    for (const char* const each : {static_cast<const char*>(nullptr), name.c_str()}) {
      CHECK(refusal_of([&] { return make_semaphore(initial, maximum, each); }) ==
            ERROR_INVALID_PARAMETER);
      CHECK(refusal_of([&] { return CreateSemaphoreW(nullptr, initial, maximum, nullptr); }) ==
            ERROR_INVALID_PARAMETER);
    }
  }
  for (const auto [initial, maximum] : {counts{0, 1}, {1, 1}, {most, most}})
    CHECK(handle(make_semaphore(initial, maximum)) != nullptr);
  const handle again(make_semaphore(9, 9, name.c_str()));
  CHECK(GetLastError() == ERROR_ALREADY_EXISTS);
  CHECK(drained(again) == 1);  // as it was
  CHECK(refusal_of([&] { return ReleaseSemaphore(again, 3, nullptr); }) == ERROR_TOO_MANY_POSTS);
}

TEST_CASE("each wait takes one, and it is set while any are left (SEM-02)", "[veneer][semaphore]") {
  const handle semaphore(make_semaphore(3, 3));
  CHECK(drained(semaphore) == 3);
  CHECK(wait(semaphore, moment) == WAIT_TIMEOUT);
}

TEST_CASE("a release tells how many there were, and goes up to the most (SEM-03, SEM-04)",
          "[veneer][semaphore]") {
  const handle semaphore(make_semaphore(1, 5));
  LONG before = -1;
  CHECK(quietly([&] { return ReleaseSemaphore(semaphore, 3, &before); }));
  CHECK(before == 1);
  CHECK(quietly([&] { return ReleaseSemaphore(semaphore, 1, nullptr); }));
  before = -1;
  for (const LONG count : {LONG{1}, LONG{2}, most}) {
    CHECK(refusal_of([&] { return ReleaseSemaphore(semaphore, count, &before); }) ==
          ERROR_TOO_MANY_POSTS);
    CHECK(before == -1);
  }
  CHECK(drained(semaphore) == 5);
}

TEST_CASE("a release of none or fewer is 87 (SEM-05)", "[veneer][semaphore]") {
  if (under_wine()) SKIP("Wine: 0 succeeds, negative is 298");
  const handle semaphore(make_semaphore(1, 5));
  LONG before = -1;
  for (const LONG count : {LONG{0}, LONG{-1}, std::numeric_limits<LONG>::min()})
    CHECK(refusal_of([&] { return ReleaseSemaphore(semaphore, count, &before); }) ==
          ERROR_INVALID_PARAMETER);
  CHECK(before == -1);
  CHECK(drained(semaphore) == 1);
}

TEST_CASE("a release of n wakes n who wait (SEM-06)", "[veneer][semaphore]") {
  const handle semaphore(make_semaphore(0, 9));
  const handle done(make_semaphore(0, 9));
  std::list<worker> waiters(3);
  for (worker& each : waiters)
    each.start([&] {
      if (taken(semaphore, patience())) ReleaseSemaphore(done, 1, nullptr);
    });
  CHECK(wait(done, moment) == WAIT_TIMEOUT);
  CHECK(ReleaseSemaphore(semaphore, 2, nullptr) != FALSE);
  CHECK(taken(done, patience()));
  CHECK(taken(done, patience()));
  CHECK(wait(done, moment) == WAIT_TIMEOUT);
  CHECK(ReleaseSemaphore(semaphore, 2, nullptr) != FALSE);
  CHECK(taken(done, patience()));
  CHECK(drained(semaphore) == 1);
}

TEST_CASE("permits have no owner: a killed process's are gone, and anybody may give them (SEM-07)",
          "[veneer][semaphore]") {
  const std::string name = unique_name("permits");
  const handle semaphore(make_semaphore(1, 1, name.c_str()));
  support::child holder("permit_holder", {name});
  holder.expect("taken");
  holder.kill();
  CHECK(wait(semaphore, moment) == WAIT_TIMEOUT);
  CHECK(ReleaseSemaphore(semaphore, 1, nullptr) != FALSE);
  CHECK(taken(semaphore));
}
