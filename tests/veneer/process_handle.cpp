// SPDX-License-Identifier: MIT
//
// Handles to processes: where they come from, and what they are good for.
#include "started.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace veneer_tests;

// Arguments: the name of an event that ends it.
CHILD(waits_for_end) {
  const handle go(OpenEventA(SYNCHRONIZE, FALSE, io.argument(0).c_str()));
  return WaitForSingleObject(go, patience()) == WAIT_OBJECT_0 ? 4 : 5;
}

CHILD(exits) { ExitProcess(static_cast<UINT>(std::stoi(io.argument(0)))); }

CHILD(terminates_itself) {
  const auto code = static_cast<UINT>(std::stoi(io.argument(1)));
  if (io.argument(0) == "pseudo") TerminateProcess(GetCurrentProcess(), code);
  TerminateProcess(OpenProcess(PROCESS_TERMINATE, FALSE, GetCurrentProcessId()), code);
  return 1;
}

namespace {

// Ends the process with what it sees of the first thread's end. At once: a leak checker would take
// for lost what the C library had on the first thread's stack.
DWORD WINAPI watches_first(void* first) {
  const DWORD seen = WaitForSingleObject(first, patience());
  DWORD code = 0;
  GetExitCodeThread(first, &code);
  TerminateProcess(GetCurrentProcess(), seen == WAIT_OBJECT_0 ? code : 1);
  return 1;
}

}  // namespace

CHILD(leaves_first) {
  static_cast<void>(io);
  HANDLE first = nullptr;
  DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &first, 0, FALSE,
                  DUPLICATE_SAME_ACCESS);
  const handle other(CreateThread(nullptr, 0, watches_first, first, 0, nullptr));
  if (other == nullptr) return 2;
  ExitThread(36);
}

TEST_CASE("a process lives on when its first thread ends, and others learn of that end (WAIT-03)",
          "[veneer][process]") {
  if (!support::threads_can_unwind()) SKIP("ExitThread would end this program");
  CHECK(started::child("leaves_first").result() == 36);
}

TEST_CASE("TerminateProcess ends a process at once, with the code that it is given",
          "[veneer][process]") {
  const std::string name = support::unique_name("go");
  const handle go(CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
  const auto child = started::child("waits_for_end", name);
  REQUIRE(child.error() == not_refused);
  const handle only_waits(copy_of(child.process(), SYNCHRONIZE));
  CHECK(refusal_of([&] { return TerminateProcess(only_waits, 1); }) == ERROR_ACCESS_DENIED);
  DWORD code = 0;
  CHECK(refusal_of([&] { return GetExitCodeProcess(only_waits, &code); }) == ERROR_ACCESS_DENIED);
  CHECK(quietly([&] { return TerminateProcess(child.process(), 0x1234); }));
  CHECK(wait(only_waits, patience()) == WAIT_OBJECT_0);
  CHECK(code_of(child.process()) == 0x1234);
}

TEST_CASE("a process ends itself by ExitProcess and by TerminateProcess", "[veneer][process]") {
  CHECK(started::child("exits", "33").result() == 33);
  CHECK(started::child("terminates_itself", "pseudo 34").result() == 34);
  CHECK(started::child("terminates_itself", "real 35").result() == 35);
}

TEST_CASE("OpenProcess gives a handle to a process that runs, with the rights that are asked for",
          "[veneer][process]") {
  const std::string name = support::unique_name("go");
  const handle go(CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
  const auto child = started::child("waits_for_end", name);
  REQUIRE(child.error() == not_refused);
  handle opened;
  CHECK(error_after([&] {
          opened = OpenProcess(SYNCHRONIZE | PROCESS_QUERY_INFORMATION, FALSE, child.id());
        }) == untouched);
  REQUIRE(opened != nullptr);
  CHECK(wait(opened) == WAIT_TIMEOUT);
  CHECK(code_of(opened) == STILL_ACTIVE);
  CHECK(refusal_of([&] { return TerminateProcess(opened, 1); }) == ERROR_ACCESS_DENIED);
  SetEvent(go);
  CHECK(wait(opened, patience()) == WAIT_OBJECT_0);
  CHECK(code_of(opened) == 4);
  const handle may_end(
      OpenProcess(PROCESS_TERMINATE | PROCESS_QUERY_INFORMATION, FALSE, child.id()));
  REQUIRE(may_end != nullptr);
  CHECK(code_of(may_end) == 4);
  CHECK(refusal_of([] { return OpenProcess(SYNCHRONIZE, FALSE, 0); }) == ERROR_INVALID_PARAMETER);
  for (const DWORD rights : {DWORD{SYNCHRONIZE}, DWORD{0}, DWORD{0x01000000}})
    CHECK(refusal_of([&] { return OpenProcess(rights, FALSE, 0x7FFFFFF0); }) ==
          ERROR_INVALID_PARAMETER);
}

TEST_CASE("GetCurrentProcess is this process; a duplicate is a real handle to it (DUP-10, WAIT-14)",
          "[veneer][process]") {
  const HANDLE here = GetCurrentProcess();
  HANDLE real = nullptr;
  CHECK(quietly(
      [&] { return DuplicateHandle(here, here, here, &real, 0, FALSE, DUPLICATE_SAME_ACCESS); }));
  const handle mine(real);
  CHECK(mine != here);
  CHECK(GetProcessId(mine) == GetCurrentProcessId());
  CHECK(GetProcessId(here) == GetCurrentProcessId());
  CHECK(code_of(mine) == STILL_ACTIVE);
  CHECK(code_of(here) == STILL_ACTIVE);
  CHECK(wait(mine, moment) == WAIT_TIMEOUT);
  CHECK(wait(here, moment) == WAIT_TIMEOUT);
  CHECK(CloseHandle(here));
}

TEST_CASE("the pseudo handle of a process is not good for one among many waits (WAIT-14)",
          "[veneer][process]") {
  if (under_wine()) SKIP("Wine takes pseudo handles in a wait for many");
  const HANDLE one[] = {GetCurrentProcess()};
  CHECK(refusal_of([&] { return WaitForMultipleObjects(1, one, FALSE, 0); }) ==
        ERROR_INVALID_HANDLE);
}

TEST_CASE("to duplicate from or to a process needs PROCESS_DUP_HANDLE (DUP-07)",
          "[veneer][process]") {
  const HANDLE here = GetCurrentProcess();
  const handle may(OpenProcess(PROCESS_DUP_HANDLE, FALSE, GetCurrentProcessId()));
  const handle may_not(OpenProcess(SYNCHRONIZE, FALSE, GetCurrentProcessId()));
  const handle event(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  HANDLE made = nullptr;
  const auto copy = [&](HANDLE from, HANDLE to) {
    return DuplicateHandle(from, event, to, &made, 0, FALSE, DUPLICATE_SAME_ACCESS);
  };
  CHECK(refusal_of([&] { return copy(may_not, here); }) == ERROR_ACCESS_DENIED);
  CHECK(refusal_of([&] { return copy(here, may_not); }) == ERROR_ACCESS_DENIED);
  CHECK(refusal_of([&] { return copy(event, here); }) == ERROR_INVALID_HANDLE);
  REQUIRE(copy(may, may));
  const handle other(made);
  SetEvent(event);
  CHECK(wait(other) == WAIT_OBJECT_0);
}

TEST_CASE(
    "a handle is pulled out of a process once; or closed there, and the target is none "
    "(DUP-07, DUP-08)",
    "[veneer][process]") {
  const handle self(OpenProcess(PROCESS_DUP_HANDLE, FALSE, GetCurrentProcessId()));
  const HANDLE source = CreateEventA(nullptr, TRUE, TRUE, nullptr);
  HANDLE made = nullptr;
  const auto pull = [&] {
    return DuplicateHandle(self, source, GetCurrentProcess(), &made, SYNCHRONIZE, FALSE,
                           DUPLICATE_CLOSE_SOURCE);
  };
  const handle keeps_the_value_free_of_others(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  REQUIRE(pull());
  handle pulled(made);
  CHECK(wait(pulled) == WAIT_OBJECT_0);
  if (made != source) CHECK(refusal_of(pull) == ERROR_INVALID_HANDLE);

  const HANDLE unwanted = CreateEventA(nullptr, TRUE, FALSE, nullptr);
  const BOOL closed =
      DuplicateHandle(self, unwanted, nullptr, nullptr, 0, FALSE, DUPLICATE_CLOSE_SOURCE);
  CHECK((closed != FALSE || under_wine()));  // which closes it and says no
  CHECK(refusal_of([&] { return SetEvent(unwanted); }) == ERROR_INVALID_HANDLE);
}

TEST_CASE(
    "a handle of another process is duplicated, or ERROR_NOT_SUPPORTED says that it cannot "
    "be (DUP-07, HARD-26)",
    "[veneer][process]") {
  const std::string name = support::unique_name("go");
  const handle go(CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
  const auto child = started::child("waits_for_end", name);
  HANDLE made = nullptr;
  const DWORD refusal = refusal_of([&] {
    return DuplicateHandle(GetCurrentProcess(), go, child.process(), &made, 0, FALSE,
                           DUPLICATE_SAME_ACCESS);
  });
  CHECK((refusal == not_refused || refusal == ERROR_NOT_SUPPORTED));
  CHECK((refusal == not_refused) == (made != nullptr));
  SetEvent(go);
  CHECK(child.result() == 4);
}
