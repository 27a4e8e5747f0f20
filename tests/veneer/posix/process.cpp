// SPDX-License-Identifier: MIT
//
// What is the veneer's own affair about processes and threads: forks, descriptors, signals.
#include "support/files.hpp"
#include "support/sanitizers.hpp"

#include "veneer/started.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <csignal>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

using namespace veneer_tests;

namespace {

DWORD WINAPI returns_nine(void* /*nothing*/) { return 9; }

DWORD WINAPI waits_patiently(void* event) { return WaitForSingleObject(event, patience()); }

/// What a forked child that runs this says.
template <class Work>
int in_fork(Work work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = -1;
  if (!support::eventually([&] { return ::waitpid(child, &status, WNOHANG) == child; })) {
    ::kill(child, SIGKILL);
    return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// How many descriptors a program has that knows nothing of isthmus.
long descriptors_of_child(BOOL inherit) {
  const support::temporary_folder folder;
  SECURITY_ATTRIBUTES with{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
  const std::string path = folder / "list";
  const handle out(CreateFileA(path.c_str(), GENERIC_WRITE, 0, &with, CREATE_ALWAYS, 0, nullptr));
  const auto child =
      started::line("ls /proc/self/fd", {.inherit = inherit, .streams = {out, out, out}});
  REQUIRE(child.result() == 0);
  const std::string text = support::read_file(path);
  return std::count(text.begin(), text.end(), '\n');
}

}  // namespace

TEST_CASE("a fork's child makes threads of its own, and those of its parent do not end with it",
          "[veneer][thread][fork]") {
  if (support::thread_sanitizer)
    SKIP("this sanitizer ends processes that start threads after a fork");
  const handle go(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  const handle thread(CreateThread(nullptr, 0, waits_patiently, go, 0, nullptr));
  HANDLE made = nullptr;
  REQUIRE(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &made, 0,
                          FALSE, DUPLICATE_SAME_ACCESS));
  const handle me(made);
  const DWORD id = GetCurrentThreadId();
  CHECK(in_fork([&] {
          if (GetCurrentThreadId() == id) return 1;
          const handle own(CreateThread(nullptr, 0, returns_nine, nullptr, 0, nullptr));
          if (wait(own, patience()) != WAIT_OBJECT_0) return 2;
          DWORD code = 0;
          return GetExitCodeThread(own, &code) != FALSE && code == 9 ? 0 : 3;
        }) == 0);
  CHECK(wait(me) == WAIT_TIMEOUT);
  CHECK(wait(thread) == WAIT_TIMEOUT);
  SetEvent(go);
  CHECK(wait(thread, patience()) == WAIT_OBJECT_0);
}

TEST_CASE("a fork's child is another process to GetCurrentProcess than its parent",
          "[veneer][process][fork]") {
  HANDLE made = nullptr;
  REQUIRE(DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &made, 0,
                          FALSE, DUPLICATE_SAME_ACCESS));
  const handle parent(made);
  const handle event(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  CHECK(in_fork([&] {
          if (GetProcessId(GetCurrentProcess()) == GetProcessId(parent)) return 1;
          HANDLE copy = nullptr;
          const DWORD refusal = refusal_of([&] {
            return DuplicateHandle(parent, event, GetCurrentProcess(), &copy, 0, FALSE,
                                   DUPLICATE_SAME_ACCESS);
          });
          return refusal == ERROR_NOT_SUPPORTED ? 0 : 2;
        }) == 0);
}

TEST_CASE("a program gets descriptors for inheritable handles, and no others (INH-01)",
          "[veneer][inherit]") {
  SECURITY_ATTRIBUTES with{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
  const long before = descriptors_of_child(FALSE);
  const handle event(CreateEventA(&with, TRUE, FALSE, nullptr));
  const handle section(
      CreateFileMappingA(INVALID_HANDLE_VALUE, &with, PAGE_READWRITE, 0, 4096, nullptr));
  const handle mine(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  const handle file(CreateFileA("/dev/null", GENERIC_READ, 0, &with, OPEN_EXISTING, 0, nullptr));
  CHECK(descriptors_of_child(FALSE) == before);
  // These three, the file that the list is written to, what lists them here, and what lists all
  // that crosses.
  CHECK(descriptors_of_child(TRUE) == before + 6);
}

TEST_CASE("a death by signal is 128 and the signal's number", "[veneer][process]") {
  CHECK(started::line("sh -c \"kill -TERM $$\"").result() == 128 + SIGTERM);
}

TEST_CASE("of a process that this one did not start nobody tells the exit code",
          "[veneer][process]") {
  const handle go(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(wait(go, patience()) == WAIT_OBJECT_0 ? 3 : 4);
  const handle process(OpenProcess(PROCESS_ALL_ACCESS, FALSE, static_cast<DWORD>(child)));
  REQUIRE(process != nullptr);
  DWORD code = 0;
  CHECK(GetExitCodeProcess(process, &code));
  CHECK(code == STILL_ACTIVE);
  SetEvent(go);
  CHECK(wait(process, patience()) == WAIT_OBJECT_0);
  CHECK(refusal_of([&] { return GetExitCodeProcess(process, &code); }) == ERROR_NOT_SUPPORTED);
  int status = 0;
  CHECK(support::eventually([&] { return ::waitpid(child, &status, WNOHANG) == child; }));
  CHECK(WEXITSTATUS(status) == 3);
}
