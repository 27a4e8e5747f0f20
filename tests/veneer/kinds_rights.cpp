// SPDX-License-Identifier: MIT
//
// The rights of handles to mutexes, semaphores, events and timers.
#include "kinds.hpp"

#include "calls.hpp"
#include "support/names.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace veneer_tests;
using support::unique_name;

TEST_CASE("the Ex forms give the rights that are asked for, also of one that is there (NAME-22)",
          "[veneer][kinds]") {
  for (const kind_form& kind : kinds) {
    CAPTURE(kind.word);
    const std::string name = unique_name("narrow");
    handle first, second, third;
    CHECK(error_after([&] { first = kind.create_ex(name.c_str(), 0, SYNCHRONIZE); }) ==
          ERROR_SUCCESS);
    CHECK(error_after([&] { second = kind.create_ex(name.c_str(), 0, SYNCHRONIZE); }) ==
          ERROR_ALREADY_EXISTS);
    CHECK(error_after([&] { third = kind.create_ex(name.c_str(), 0, kind.all); }) ==
          ERROR_ALREADY_EXISTS);
    REQUIRE(first != nullptr);
    REQUIRE(second != nullptr);
    REQUIRE(third != nullptr);
    if (kind.modify == 0) continue;  // to release a mutex needs no right
    CHECK(wait(first) == WAIT_TIMEOUT);
    CHECK(refusal_of([&] { return kind.modified(first); }) == ERROR_ACCESS_DENIED);
    CHECK(refusal_of([&] { return kind.modified(second); }) == ERROR_ACCESS_DENIED);
    CHECK(kind.modified(third) != FALSE);
    CHECK(wait(second, patience()) == WAIT_OBJECT_0);
  }
}

TEST_CASE("without the right, a wait and a change are refused with 5 (EVT-10, SEM-08, TMR-14)",
          "[veneer][kinds]") {
  for (const kind_form& kind : kinds) {
    CAPTURE(kind.word);
    const std::string name = unique_name("rights");
    const handle whole(kind.make(name.c_str()));
    const handle no_wait(kind.open(kind.all & ~SYNCHRONIZE, FALSE, name.c_str()));
    const handle wait_only(kind.open(SYNCHRONIZE, FALSE, name.c_str()));
    REQUIRE(no_wait != nullptr);
    REQUIRE(wait_only != nullptr);
    CHECK(kind.modified(no_wait) != FALSE);
    CHECK(refusal_of([&] { return WaitForSingleObject(no_wait, 0); }) == ERROR_ACCESS_DENIED);
    CHECK(wait(wait_only, patience()) == WAIT_OBJECT_0);
    if (kind.modify != 0)
      CHECK(refusal_of([&] { return kind.modified(wait_only); }) == ERROR_ACCESS_DENIED);
  }
}

TEST_CASE(
    "an open gets the rights of the mask: generic ones, all there are, and none that do not "
    "exist (ACL-01, ACL-04, ACL-05, ACL-08)",
    "[veneer][kinds]") {
  for (const kind_form& kind : kinds) {
    CAPTURE(kind.word);
    const std::string name = unique_name("mask");
    const handle whole(kind.make(name.c_str()));
    const auto opened = [&](DWORD rights) { return kind.open(rights, FALSE, name.c_str()); };
    if (!under_wine()) {
      CHECK(refusal_of([&] { return opened(0); }) == ERROR_ACCESS_DENIED);
      CHECK(refusal_of([&] { return opened(0x01000000); }) == ERROR_PRIVILEGE_NOT_HELD);
    }
    for (const DWORD unknown : {0x4u, 0x8u, 0x8000u, 0x00200000u})
      if (!under_wine())
        CHECK(refusal_of([&] { return opened(SYNCHRONIZE | unknown); }) == ERROR_ACCESS_DENIED);
    for (const DWORD bit : {DELETE, READ_CONTROL, WRITE_DAC, WRITE_OWNER, SYNCHRONIZE})
      CHECK(handle(opened(bit)) != nullptr);
    const handle execute(opened(GENERIC_EXECUTE));
    const handle read_write(opened(GENERIC_READ | GENERIC_WRITE));
    const handle most(opened(MAXIMUM_ALLOWED));
    const handle all(opened(GENERIC_ALL));
    CHECK(kind.modified(most) != FALSE);
    CHECK(wait(execute, patience()) == WAIT_OBJECT_0);
    CHECK(kind.modified(all) != FALSE);
    CHECK(refusal_of([&] { return WaitForSingleObject(read_write, 0); }) == ERROR_ACCESS_DENIED);
    if (kind.modify == 0) continue;
    CHECK(refusal_of([&] { return kind.modified(execute); }) == ERROR_ACCESS_DENIED);
    CHECK(kind.modified(read_write) != FALSE);
  }
}

TEST_CASE(
    "an open looks at the name, then at the kind, and then at the rights (NAME-21, NAME-23, "
    "ACL-04)",
    "[veneer][kinds]") {
  for (const kind_form& kind : kinds) {
    const std::string missing = unique_name("missing");
    for (const DWORD rights : {DWORD{0}, DWORD{SYNCHRONIZE | 0x8000}, DWORD{0x01000000}}) {
      CAPTURE(kind.word, rights);
      CHECK(refusal_of([&] { return kind.open(rights, FALSE, missing.c_str()); }) ==
            ERROR_FILE_NOT_FOUND);
      CHECK(refusal_of([&] { return OpenFileMappingA(rights, FALSE, missing.c_str()); }) ==
            ERROR_FILE_NOT_FOUND);
      const std::string name = unique_name("kind");
      const handle there(kind.make(name.c_str()));
      CHECK(refusal_of([&] { return OpenFileMappingA(rights, FALSE, name.c_str()); }) ==
            ERROR_INVALID_HANDLE);
      const DWORD refused = rights == 0x01000000 ? ERROR_PRIVILEGE_NOT_HELD : ERROR_ACCESS_DENIED;
      for (const kind_form& other : kinds) {
        if (kind.same_kind(other) && under_wine()) continue;  // which opens with no rights, or any
        CHECK(refusal_of([&] { return other.open(rights, FALSE, name.c_str()); }) ==
              (kind.same_kind(other) ? refused : ERROR_INVALID_HANDLE));
      }
    }
  }
}

TEST_CASE(
    "a new object is made with no rights, and without those that there are not; one that is "
    "there is refused (ACL-06, NAME-22)",
    "[veneer][kinds]") {
  for (const kind_form& kind : kinds) {
    CAPTURE(kind.word);
    const std::string name = unique_name("nothing");
    handle none;
    CHECK(error_after([&] { none = kind.create_ex(name.c_str(), 0, 0); }) == ERROR_SUCCESS);
    REQUIRE(none != nullptr);
    CHECK(refusal_of([&] { return WaitForSingleObject(none, 0); }) == ERROR_ACCESS_DENIED);
    if (kind.modify != 0)
      CHECK(refusal_of([&] { return kind.modified(none); }) == ERROR_ACCESS_DENIED);
    CHECK(handle(kind.open_all(name.c_str())) != nullptr);
    CHECK(handle(kind.create_ex(nullptr, 0, 0)) != nullptr);
    const handle some(kind.create_ex(unique_name("some").c_str(), 0, SYNCHRONIZE | 0x8000));
    REQUIRE(some != nullptr);
    CHECK(refusal_of([&] { return WaitForSingleObject(some, 0); }) == not_refused);
    if (under_wine()) continue;  // it opens with no rights, and with any
    CHECK(refusal_of([&] { return kind.create_ex(name.c_str(), 0, 0); }) == ERROR_ACCESS_DENIED);
    CHECK(refusal_of([&] { return kind.create_ex(name.c_str(), 0, SYNCHRONIZE | 0x8000); }) ==
          ERROR_ACCESS_DENIED);
    CHECK(refusal_of([&] { return kind.create_ex(name.c_str(), 0, 0x01000000); }) ==
          ERROR_PRIVILEGE_NOT_HELD);
    CHECK(refusal_of([&] { return kind.create_ex(nullptr, 0, 0x01000000); }) ==
          ERROR_PRIVILEGE_NOT_HELD);
  }
}
