// SPDX-License-Identifier: MIT
//
// What a started program has of this one's handles.
#include "started.hpp"

#include "support/files.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using namespace veneer_tests;

namespace {

/// All kinds that cross and can be looked at with these calls.
struct all_kinds {
  SECURITY_ATTRIBUTES with = inheritable();
  handle mutex{CreateMutexA(&with, FALSE, nullptr)};
  handle semaphore{CreateSemaphoreA(&with, 2, 5, nullptr)};
  handle event{CreateEventA(&with, TRUE, FALSE, nullptr)};
  handle timer{CreateWaitableTimerA(&with, TRUE, nullptr)};

  [[nodiscard]] std::string values() const {
    return value_of(mutex) + ' ' + value_of(semaphore) + ' ' + value_of(event) + ' ' +
           value_of(timer);
  }
};

bool is_absent(HANDLE handle) {
  DWORD flags = 0;
  return refusal_of([&] { return GetHandleInformation(handle, &flags); }) == ERROR_INVALID_HANDLE;
}

}  // namespace

// Uses each of the four, whose values are the arguments.
CHILD(uses_all) {
  CHILD_REQUIRE(wait(handle_of(io.argument(0))) == WAIT_OBJECT_0);
  CHILD_REQUIRE(ReleaseMutex(handle_of(io.argument(0))));
  LONG before = 0;
  CHILD_REQUIRE(ReleaseSemaphore(handle_of(io.argument(1)), 1, &before));
  CHILD_REQUIRE(before == 2);
  CHILD_REQUIRE(SetEvent(handle_of(io.argument(2))));
  LARGE_INTEGER due;
  due.QuadPart = -1;
  CHILD_REQUIRE(SetWaitableTimer(handle_of(io.argument(3)), &due, 0, nullptr, nullptr, FALSE));
  for (const auto& value : io.arguments())
    CHILD_REQUIRE(flags_of(handle_of(value)) == HANDLE_FLAG_INHERIT);
  // A new one has another value.
  const handle made(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  for (const auto& value : io.arguments()) CHILD_REQUIRE(made != handle_of(value));
  return 0;
}

CHILD(has_none) {
  for (const auto& value : io.arguments()) CHILD_REQUIRE(is_absent(handle_of(value)));
  return 0;
}

// Arguments: one that is there, one that is not.
CHILD(has_first) {
  CHILD_REQUIRE(SetEvent(handle_of(io.argument(0))));
  CHILD_REQUIRE(is_absent(handle_of(io.argument(1))));
  return 0;
}

TEST_CASE(
    "an inheritable handle has the same value in the child, and is inheritable there again "
    "(INH-01, INH-02, INH-03)",
    "[veneer][inherit]") {
  const all_kinds all;
  CHECK(started::child("uses_all", all.values(), {.inherit = TRUE}).result() == 0);
  CHECK(wait(all.event) == WAIT_OBJECT_0);
  CHECK(wait(all.timer, patience()) == WAIT_OBJECT_0);
  LONG before = 0;
  CHECK(ReleaseSemaphore(all.semaphore, 1, &before));
  CHECK(before == 3);
  CHECK(wait(all.mutex) == WAIT_OBJECT_0);  // not abandoned
  ReleaseMutex(all.mutex);
}

// Arguments: an event that tells that the parent has closed the other, that other, its name.
CHILD(closes_the_last) {
  CHILD_REQUIRE(wait(handle_of(io.argument(0)), patience()) == WAIT_OBJECT_0);
  CHILD_REQUIRE(handle(OpenEventA(SYNCHRONIZE, FALSE, io.argument(2).c_str())) != nullptr);
  CHILD_REQUIRE(CloseHandle(handle_of(io.argument(1))));
  CHILD_REQUIRE(refusal_of([&] {
                  return OpenEventA(SYNCHRONIZE, FALSE, io.argument(2).c_str());
                }) == ERROR_FILE_NOT_FOUND);
  return 0;
}

TEST_CASE("a name goes with the last handle, also where that was inherited (INH-07, LIFE-01)",
          "[veneer][inherit]") {
  const std::string name = support::unique_name("last");
  auto with = inheritable();
  const handle closed(CreateEventA(&with, TRUE, FALSE, nullptr));
  handle event(CreateEventA(&with, TRUE, FALSE, name.c_str()));
  started child = started::child(
      "closes_the_last", value_of(closed) + ' ' + value_of(event) + ' ' + name, {.inherit = TRUE});
  event.close();
  CHECK(SetEvent(closed) != FALSE);
  CHECK(child.result() == 0);
}

TEST_CASE("without bInheritHandles nothing is inherited (INH-01)", "[veneer][inherit]") {
  const all_kinds all;
  CHECK(started::child("has_none", all.values(), {.inherit = FALSE}).result() == 0);
}

TEST_CASE("a handle crosses if it is inheritable when the process is started (INH-01, INH-05)",
          "[veneer][inherit]") {
  const std::string name = support::unique_name("event");
  auto with = inheritable();
  const handle first(CreateEventA(&with, TRUE, FALSE, name.c_str()));
  const handle second(CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
  const handle opened(OpenEventA(EVENT_ALL_ACCESS, TRUE, name.c_str()));
  const handle closed(OpenEventA(EVENT_ALL_ACCESS, FALSE, name.c_str()));
  HANDLE made = nullptr;
  DuplicateHandle(GetCurrentProcess(), closed, GetCurrentProcess(), &made, 0, TRUE,
                  DUPLICATE_SAME_ACCESS);
  const handle duplicate(made);
  CHECK(flags_of(first) == HANDLE_FLAG_INHERIT);
  CHECK(flags_of(second) == 0);
  for (const HANDLE yes : {HANDLE(first), HANDLE(opened), HANDLE(duplicate)})
    for (const HANDLE no : {HANDLE(second), HANDLE(closed)})
      CHECK(started::child("has_first", value_of(yes) + ' ' + value_of(no), {.inherit = TRUE})
                .result() == 0);
  REQUIRE(SetHandleInformation(first, HANDLE_FLAG_INHERIT, 0));
  REQUIRE(SetHandleInformation(second, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
  CHECK(started::child("has_first", value_of(second) + ' ' + value_of(first), {.inherit = TRUE})
            .result() == 0);
}

CHILD(only_waits) {
  const HANDLE event = handle_of(io.argument(0));
  CHILD_REQUIRE(wait(event) == WAIT_OBJECT_0);
  CHILD_REQUIRE(refusal_of([&] { return SetEvent(event); }) == ERROR_ACCESS_DENIED);
  CHILD_REQUIRE(refusal_of([&] { return ResetEvent(event); }) == ERROR_ACCESS_DENIED);
  return 0;
}

TEST_CASE("an inherited handle has the same rights (INH-02)", "[veneer][inherit]") {
  const handle event(CreateEventA(nullptr, TRUE, TRUE, nullptr));
  HANDLE made = nullptr;
  REQUIRE(DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &made, SYNCHRONIZE, TRUE,
                          0));
  const handle narrow(made);
  CHECK(started::child("only_waits", value_of(narrow), {.inherit = TRUE}).result() == 0);
}

// Arguments: the value, and how many more processes to start.
CHILD(passes_on) {
  const int left = std::stoi(io.argument(1));
  if (left == 0) return SetEvent(handle_of(io.argument(0))) != FALSE ? 0 : 1;
  std::string line = child_line("passes_on", io.argument(0) + ' ' + std::to_string(left - 1));
  STARTUPINFOA how{};
  how.cb = sizeof how;
  PROCESS_INFORMATION made{};
  CHILD_REQUIRE(CreateProcessA(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr,
                               &how, &made));
  CHILD_REQUIRE(WaitForSingleObject(made.hProcess, patience()) == WAIT_OBJECT_0);
  DWORD code = 1;
  CHILD_REQUIRE(GetExitCodeProcess(made.hProcess, &code));
  return static_cast<int>(code);
}

TEST_CASE("what a child has inherited goes on to its own children (INH-02)", "[veneer][inherit]") {
  auto with = inheritable();
  const handle event(CreateEventA(&with, TRUE, FALSE, nullptr));
  CHECK(started::child("passes_on", value_of(event) + " 2", {.inherit = TRUE}).result() == 0);
  CHECK(wait(event) == WAIT_OBJECT_0);
}

// Arguments: a section's value, a file's.
CHILD(uses_memory_and_file) {
  void* const base = MapViewOfFile(handle_of(io.argument(0)), FILE_MAP_ALL_ACCESS, 0, 0, 0);
  CHILD_REQUIRE(base != nullptr);
  ++*static_cast<int*>(base);
  CHILD_REQUIRE(UnmapViewOfFile(base));
  DWORD count = 0;
  char text[4] = {};
  CHILD_REQUIRE(ReadFile(handle_of(io.argument(1)), text, 3, &count, nullptr));
  CHILD_REQUIRE(std::string(text) == "def");  // one place for both processes
  CHILD_REQUIRE(refusal_of([&] {
                  return WriteFile(handle_of(io.argument(1)), text, 3, &count, nullptr);
                }) == ERROR_ACCESS_DENIED);
  return 0;
}

TEST_CASE(
    "sections and files are inherited; views are not, nor is a file's place copied "
    "(INH-02, INH-06)",
    "[veneer][inherit]") {
  const support::temporary_folder folder;
  support::write_file(folder / "file", "abcdefghi");
  auto with = inheritable();
  const handle section(
      CreateFileMappingA(INVALID_HANDLE_VALUE, &with, PAGE_READWRITE, 0, 4096, nullptr));
  const auto path = (folder / "file").string();
  const handle file(CreateFileA(path.c_str(), GENERIC_READ, FILE_SHARE_READ, &with, OPEN_EXISTING,
                                FILE_ATTRIBUTE_NORMAL, nullptr));
  REQUIRE(section != nullptr);
  REQUIRE(file != INVALID_HANDLE_VALUE);
  void* const base = MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, 0);
  REQUIRE(base != nullptr);
  *static_cast<int*>(base) = 41;
  DWORD count = 0;
  char text[4] = {};
  REQUIRE(ReadFile(file, text, 3, &count, nullptr));
  const std::string values = value_of(section) + ' ' + value_of(file);
  CHECK(started::child("uses_memory_and_file", values, {.inherit = TRUE}).result() == 0);
  CHECK(*static_cast<int*>(base) == 42);
  REQUIRE(ReadFile(file, text, 3, &count, nullptr));
  CHECK(std::string(text) == "ghi");
  CHECK(UnmapViewOfFile(base));
  CHECK(started::child("has_none", values, {.inherit = FALSE}).result() == 0);
}

// Arguments: the mutex, owned by the parent.
CHILD(waits_for_mutex) {
  const HANDLE mutex = handle_of(io.argument(0));
  CHILD_REQUIRE(wait(mutex, moment) == WAIT_TIMEOUT);
  CHILD_REQUIRE(refusal_of([&] { return ReleaseMutex(mutex); }) == ERROR_NOT_OWNER);
  return 0;
}

TEST_CASE("ownership of a mutex is not inherited (INH-06, MTX-17)", "[veneer][inherit]") {
  auto with = inheritable();
  const handle mutex(CreateMutexA(&with, TRUE, nullptr));
  CHECK(started::child("waits_for_mutex", value_of(mutex), {.inherit = TRUE}).result() == 0);
  CHECK(ReleaseMutex(mutex));
}

// Arguments: an event to set, another to wait for.
CHILD(keeps) {
  SetEvent(handle_of(io.argument(0)));
  return WaitForSingleObject(handle_of(io.argument(1)), patience()) == WAIT_OBJECT_0 ? 0 : 1;
}

TEST_CASE("a child keeps the name of what it has inherited when all others close it (INH-07)",
          "[veneer][inherit]") {
  const std::string name = support::unique_name("kept");
  auto with = inheritable();
  handle kept(CreateEventA(&with, TRUE, FALSE, name.c_str()));
  const handle go(CreateEventA(&with, TRUE, FALSE, nullptr));
  const auto child =
      started::child("keeps", value_of(kept) + ' ' + value_of(go), {.inherit = TRUE});
  REQUIRE(wait(kept, patience()) == WAIT_OBJECT_0);
  kept.close();
  {
    const handle again(OpenEventA(SYNCHRONIZE, FALSE, name.c_str()));
    CHECK(wait(again) == WAIT_OBJECT_0);
  }
  SetEvent(go);
  CHECK(child.result() == 0);
  CHECK(refusal_of([&] { return OpenEventA(SYNCHRONIZE, FALSE, name.c_str()); }) ==
        ERROR_FILE_NOT_FOUND);
}

TEST_CASE("a list of handles limits what is inherited to these (INH-04)", "[veneer][inherit]") {
  auto with = inheritable();
  const handle listed(CreateEventA(&with, TRUE, FALSE, nullptr));
  const handle other(CreateEventA(&with, TRUE, FALSE, nullptr));
  SIZE_T size = 0;
  CHECK(refusal_of([&] { return InitializeProcThreadAttributeList(nullptr, 2, 0, &size); }) ==
        ERROR_INSUFFICIENT_BUFFER);
  REQUIRE(size != 0);
  std::vector<std::max_align_t> memory(size / sizeof(std::max_align_t) + 1);
  auto* const list = reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory.data());
  REQUIRE(InitializeProcThreadAttributeList(list, 2, 0, &size));  // of which one is needed
  HANDLE handles[] = {listed};
  REQUIRE(UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles,
                                    sizeof handles, nullptr, nullptr));
  STARTUPINFOEXA how{};
  how.StartupInfo.cb = sizeof how;
  how.lpAttributeList = list;
  PROCESS_INFORMATION made{};
  std::string line = child_line("has_first", value_of(listed) + ' ' + value_of(other));
  REQUIRE(CreateProcessA(nullptr, line.data(), nullptr, nullptr, TRUE, EXTENDED_STARTUPINFO_PRESENT,
                         nullptr, nullptr, &how.StartupInfo, &made));
  DeleteProcThreadAttributeList(list);
  const handle process(made.hProcess);
  const handle thread(made.hThread);
  CHECK(wait(process, patience()) == WAIT_OBJECT_0);
  DWORD code = 1;
  CHECK(GetExitCodeProcess(process, &code));
  CHECK(code == 0);
  CHECK(wait(listed) == WAIT_OBJECT_0);
}
