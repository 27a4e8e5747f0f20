// SPDX-License-Identifier: MIT
//
// What mutexes, semaphores, events and timers have in common, in the A and the W forms.
#include "kinds.hpp"

#include "calls.hpp"
#include "support/names.hpp"

#include <catch2/catch_test_macros.hpp>

#include <initializer_list>
#include <string>

using namespace veneer_tests;
using support::unique_name;

TEST_CASE(
    "a new object leaves no error, one that is there 183, an open nothing, a missing one 2 "
    "(NAME-18 to NAME-21)",
    "[veneer][kinds]") {
  for (const kind_form& kind : kinds) {
    CAPTURE(kind.word);
    const std::string name = unique_name("both");
    CHECK(refusal_of([&] { return kind.open_all(name.c_str()); }) == ERROR_FILE_NOT_FOUND);
    handle first, second, third;
    CHECK(error_after([&] { first = kind.make(name.c_str()); }) == ERROR_SUCCESS);
    CHECK(error_after([&] { second = kind.make(name.c_str()); }) == ERROR_ALREADY_EXISTS);
    CHECK(error_after([&] { third = kind.open_all(name.c_str()); }) == untouched);
    REQUIRE(first != nullptr);
    REQUIRE(second != nullptr);
    REQUIRE(third != nullptr);
    CHECK_FALSE(first == second);
    CHECK(kind.modified(third) != FALSE);
    CHECK(wait(first) == WAIT_OBJECT_0);  // the same object
  }
}

TEST_CASE("no name and an empty one make new objects, and open none (NAME-04, NAME-05, NAME-19)",
          "[veneer][kinds]") {
  for (const kind_form& kind : kinds) {
    CAPTURE(kind.word);
    for (const char* const none : {static_cast<const char*>(nullptr), ""}) {
      handle first, second;
      CHECK(error_after([&] { first = kind.make(none); }) == ERROR_SUCCESS);
      CHECK(error_after([&] { second = kind.make(none); }) == ERROR_SUCCESS);
      CHECK(first != nullptr);
      CHECK(second != nullptr);
    }
    CHECK(refusal_of([&] { return kind.open_all(nullptr); }) == ERROR_INVALID_PARAMETER);
    CHECK(refusal_of([&] { return kind.open_all(""); }) == ERROR_INVALID_HANDLE);
  }
}

TEST_CASE("a name of another kind is refused with 6, whatever is asked of it (NAME-17, NAME-23)",
          "[veneer][kinds]") {
  for (const kind_form& squatter : kinds) {
    const std::string name = unique_name("one");
    const handle there(squatter.make(name.c_str()));
    REQUIRE(there != nullptr);
    for (const kind_form& kind : kinds) {
      if (kind.same_kind(squatter)) continue;
      CAPTURE(squatter.word, kind.word);
      CHECK(refusal_of([&] { return kind.make(name.c_str()); }) == ERROR_INVALID_HANDLE);
      CHECK(refusal_of([&] { return kind.open_all(name.c_str()); }) == ERROR_INVALID_HANDLE);
      CHECK(refusal_of([&] { return kind.open(READ_CONTROL, FALSE, name.c_str()); }) ==
            ERROR_INVALID_HANDLE);
      CHECK(refusal_of([&] { return kind.create_ex(name.c_str(), 0, SYNCHRONIZE); }) ==
            ERROR_INVALID_HANDLE);
    }
  }
}

TEST_CASE("flags of the Ex forms that nobody knows are refused (MTX-16, SEM-12, EVT-11, TMR-16)",
          "[veneer][kinds]") {
  if (under_wine()) SKIP("Wine takes any flags");
  for (const kind_form& kind : kinds) {
    CAPTURE(kind.word);
    CHECK(refusal_of([&] { return kind.create_ex(nullptr, kind.unknown_flags, kind.all); }) ==
          ERROR_INVALID_PARAMETER);
  }
}

TEST_CASE("a handle is inheritable where it is made so, each by itself (CRE-11, INH-05)",
          "[veneer][kinds]") {
  for (const kind_form& kind : kinds) {
    CAPTURE(kind.word);
    const std::string name = unique_name("heir");
    auto attributes = inheritable();
    const handle plain(kind.make(name.c_str()));
    const handle again(kind.create(&attributes, name.c_str()));
    const handle opened(kind.open(SYNCHRONIZE, TRUE, name.c_str()));
    const handle alone(kind.open(SYNCHRONIZE, FALSE, name.c_str()));
    CHECK(flags_of(plain) == 0);
    CHECK(flags_of(again) == HANDLE_FLAG_INHERIT);
    CHECK(flags_of(opened) == HANDLE_FLAG_INHERIT);
    CHECK(flags_of(alone) == 0);
  }
}

TEST_CASE("calls of another kind are refused with 6, as for no handle at all (SEM-09)",
          "[veneer][kinds]") {
  for (const kind_form& kind : kinds) {
    const handle there(kind.make());
    for (const kind_form& other : kinds) {
      CAPTURE(kind.word, other.word);
      if (kind.same_kind(other)) continue;
      CHECK(refusal_of([&] { return other.modified(there); }) == ERROR_INVALID_HANDLE);
    }
    CHECK(refusal_of([&] { return kind.modified(nullptr); }) == ERROR_INVALID_HANDLE);
    CHECK(refusal_of([&] { return kind.modified(INVALID_HANDLE_VALUE); }) == ERROR_INVALID_HANDLE);
  }
}

TEST_CASE(
    "a duplicate has fewer rights, or more again, and the object's state (DUP-02, DUP-03, "
    "DUP-11)",
    "[veneer][kinds]") {
  for (const kind_form& kind : kinds) {
    CAPTURE(kind.word);
    const handle whole(kind.make());
    const handle narrow(copy_of(whole, SYNCHRONIZE));
    const handle nothing(copy_of(whole, 0));
    REQUIRE(narrow != nullptr);
    REQUIRE(nothing != nullptr);
    CHECK(refusal_of([&] { return WaitForSingleObject(nothing, 0); }) == ERROR_ACCESS_DENIED);
    if (kind.modify != 0) {
      CHECK(refusal_of([&] { return kind.modified(narrow); }) == ERROR_ACCESS_DENIED);
      CHECK(refusal_of([&] { return kind.modified(nothing); }) == ERROR_ACCESS_DENIED);
    }
    const handle wide_again(copy_of(narrow, kind.all));
    REQUIRE(wide_again != nullptr);
    CHECK(kind.modified(wide_again) != FALSE);
    CHECK(wait(narrow, patience()) == WAIT_OBJECT_0);
  }
}

TEST_CASE("a duplicate has no rights that its kind does not know, and not all bits (DUP-04)",
          "[veneer][kinds]") {
  for (const kind_form& kind : kinds) {
    CAPTURE(kind.word);
    const handle source(kind.make());
    const handle copy(copy_of(source, SYNCHRONIZE | 0x4000));
    if (copy == nullptr && under_wine()) SKIP("Wine refuses them");
    CHECK(copy != nullptr);
    HANDLE made = nullptr;
    const DWORD error = refusal_of([&] {
      return DuplicateHandle(GetCurrentProcess(), source, GetCurrentProcess(), &made, 0xFFFFFFFF,
                             FALSE, 0);
    });
    if (made != nullptr) CloseHandle(made);
    if (error == not_refused && under_wine()) SKIP("Wine takes all bits");
    CHECK(error == ERROR_ACCESS_DENIED);
  }
}

TEST_CASE("a duplicate may close its source, and be the same number (DUP-05, DUP-06, DUP-09)",
          "[veneer][kinds]") {
  const HANDLE here = GetCurrentProcess();
  for (const kind_form& kind : kinds) {
    CAPTURE(kind.word);
    handle low(kind.make());
    HANDLE source = kind.make();
    HANDLE made = nullptr;
    low.close();  // so the lowest number is another one
    CHECK(quietly([&] {
      return DuplicateHandle(here, source, here, &made, 0, FALSE,
                             DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS);
    }));
    handle kept(made);
    CHECK(made == source);
    CHECK(kind.modified(kept) != FALSE);
    CHECK(SetHandleInformation(kept, HANDLE_FLAG_PROTECT_FROM_CLOSE,
                               HANDLE_FLAG_PROTECT_FROM_CLOSE) != FALSE);
    CHECK(DuplicateHandle(here, kept, here, &made, 0, FALSE,
                          DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS) != FALSE);
    CHECK_FALSE(made == kept);
    CHECK(wait(kept, patience()) == WAIT_OBJECT_0);  // still there
    CHECK(SetHandleInformation(kept, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0) != FALSE);
    CloseHandle(made);

    // The source goes even where there is no duplicate.
    source = kind.make();
    CHECK(refusal_of([&] {
            return DuplicateHandle(here, source, kept, &made, 0, FALSE,
                                   DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS);
          }) == ERROR_INVALID_HANDLE);  // which is no process
    CHECK(refusal_of([&] { return WaitForSingleObject(source, 0); }) == ERROR_INVALID_HANDLE);

    made = kept;
    CHECK(refusal_of([&] {
            return DuplicateHandle(here, nullptr, here, &made, 0, FALSE, DUPLICATE_SAME_ACCESS);
          }) == ERROR_INVALID_HANDLE);
    CHECK(made == nullptr);
  }
}

TEST_CASE("the names without A and W are those of TCHAR", "[veneer][kinds]") {
  const std::string unique = unique_name("tchar");
  const std::basic_string<TCHAR> name(unique.begin(), unique.end());
  const TCHAR* const text = name.c_str();
  const auto all_there = [](std::initializer_list<HANDLE> in_order) {
    for (const HANDLE each : in_order) CHECK(each != nullptr);
    for (const HANDLE each : in_order) CloseHandle(each);
  };
  all_there({CreateMutex(nullptr, FALSE, text), CreateMutexEx(nullptr, text, 0, MUTEX_ALL_ACCESS),
             OpenMutex(SYNCHRONIZE, FALSE, text)});
  all_there({CreateSemaphore(nullptr, 0, 1, text),
             CreateSemaphoreEx(nullptr, 0, 1, text, 0, SEMAPHORE_ALL_ACCESS),
             OpenSemaphore(SYNCHRONIZE, FALSE, text)});
  all_there({CreateEvent(nullptr, FALSE, FALSE, text),
             CreateEventEx(nullptr, text, 0, EVENT_ALL_ACCESS),
             OpenEvent(SYNCHRONIZE, FALSE, text)});
  all_there({CreateWaitableTimer(nullptr, FALSE, text),
             CreateWaitableTimerEx(nullptr, text, 0, TIMER_ALL_ACCESS),
             OpenWaitableTimer(SYNCHRONIZE, FALSE, text)});
}
