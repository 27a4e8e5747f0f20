// SPDX-License-Identifier: MIT
#include "started.hpp"

#include "support/files.hpp"
#include "support/system.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

using namespace veneer_tests;

namespace {

DWORD code_of(HANDLE process) {
  DWORD code = 0;
  CHECK(quietly([&] { return GetExitCodeProcess(process, &code); }));
  return code;
}

std::string path_text(const std::filesystem::path& path) {
  const auto text = path.u8string();
  return {text.begin(), text.end()};
}

}  // namespace

// Arguments: the code.
CHILD(ends_with) { return std::stoi(io.argument(0)); }

// Arguments: the name of an event that ends it.
CHILD(waits) {
  const handle go(OpenEventA(SYNCHRONIZE, FALSE, io.argument(0).c_str()));
  return WaitForSingleObject(go, patience()) == WAIT_OBJECT_0 ? 4 : 5;
}

// Writes its arguments into a file, a line for each, then the directory's content "here".
CHILD(writes_arguments) {
  std::ofstream file(std::filesystem::u8path(io.argument(0)), std::ios::binary);
  for (std::size_t i = 1; i < io.arguments().size(); ++i) file << io.argument(i) << '\n';
  return 0;
}

CHILD(reads_variable) {
  char value[100];
  const DWORD length = GetEnvironmentVariableA(io.argument(0).c_str(), value, sizeof value);
  if (length == 0) return GetLastError() == ERROR_ENVVAR_NOT_FOUND ? 100 : 101;
  return std::string(value) == io.argument(1) ? 0 : 102;
}

CHILD(finds_here) { return std::ifstream(io.argument(0)).good() ? 0 : 1; }

CHILD(copies) {
  for (int c = std::getchar(); c != EOF; c = std::getchar()) std::putchar(c);
  std::fflush(stdout);
  std::fputs("done", stderr);
  return 0;
}

CHILD(exits) { ExitProcess(static_cast<UINT>(std::stoi(io.argument(0)))); }

CHILD(terminates_itself) {
  const auto code = static_cast<UINT>(std::stoi(io.argument(1)));
  if (io.argument(0) == "pseudo") TerminateProcess(GetCurrentProcess(), code);
  TerminateProcess(OpenProcess(PROCESS_TERMINATE, FALSE, GetCurrentProcessId()), code);
  return 1;
}

TEMPLATE_TEST_CASE("a process is signalled from its end on, and tells its exit code (WAIT-03)",
                   "[veneer][process]", ansi, unicode) {
  const std::string name = support::unique_name("go");
  const handle go(CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
  const auto child = started::child("waits", name, {}, TestType{});
  REQUIRE(child.error() == not_refused);
  CHECK(child.id() != 0);
  CHECK(child.id() != GetCurrentProcessId());
  CHECK(GetProcessId(child.process()) == child.id());
  CHECK(GetThreadId(child.thread()) == child.thread_id());
  CHECK(wait(child.process(), moment) == WAIT_TIMEOUT);
  CHECK(code_of(child.process()) == STILL_ACTIVE);
  CHECK(wait(child.thread()) == WAIT_TIMEOUT);
  SetEvent(go);
  CHECK(wait(child.process(), patience()) == WAIT_OBJECT_0);
  CHECK(wait(child.process()) == WAIT_OBJECT_0);
  CHECK(code_of(child.process()) == 4);
  CHECK(wait(child.thread(), patience()) == WAIT_OBJECT_0);
  DWORD code = 0;
  CHECK(GetExitCodeThread(child.thread(), &code));
  CHECK(code == 4);
}

TEST_CASE("processes, threads and other objects are waited for together (WAIT-05, WAIT-09)",
          "[veneer][process]") {
  const std::string name = support::unique_name("go");
  const handle go(CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
  const auto first = started::child("waits", name);
  const auto second = started::child("ends_with", "0");
  const handle free_mutex(CreateMutexA(nullptr, FALSE, nullptr));
  const HANDLE all[] = {first.process(), second.thread(), second.process(), free_mutex};
  CHECK(WaitForMultipleObjects(2, all, FALSE, patience()) == WAIT_OBJECT_0 + 1);
  CHECK(WaitForMultipleObjects(4, all, TRUE, moment) == WAIT_TIMEOUT);
  SetEvent(go);
  CHECK(WaitForMultipleObjects(4, all, TRUE, patience()) == WAIT_OBJECT_0);
  CHECK(ReleaseMutex(free_mutex));
}

TEMPLATE_TEST_CASE("a command line is split by the rules of the C runtime", "[veneer][process]",
                   ansi, unicode) {
  const support::temporary_folder folder;
  const auto out = folder / "arguments";
  const std::string rest =
      " plain \"with space\" \"\" back\\slash \"end\\\\\" \\\"quote\\\" a\\\\\\\"b mid\"dle of\"x"
      " \t last\xC3\xA9";
  const auto child =
      started::child("writes_arguments", '"' + path_text(out) + '"' + rest, {}, TestType{});
  REQUIRE(child.result() == 0);
  CHECK(support::read_file(out) ==
        "plain\nwith space\n\nback\\slash\nend\\\n\"quote\"\na\\\"b\nmiddle ofx\nlast\xC3\xA9\n");
}

TEMPLATE_TEST_CASE("the program is the application's name, or else the line's first word",
                   "[veneer][process]", ansi, unicode) {
  const std::string path = child_path();
  const auto argument = support::child_argument("ends_with");
  const auto named =
      started::line("ignored " + argument + " 8", {.application = path.c_str()}, TestType{});
  CHECK(named.result() == 8);
  const auto alone = started::line('"' + path + "\" " + argument + " 9", {}, TestType{});
  CHECK(alone.result() == 9);
  // Without a directory: beside this program.
  const auto file = path_text(support::child_program().filename());
  if (support::child_program() == support::program()) {
    const auto bare = started::line(file + ' ' + argument + " 10", {}, TestType{});
    CHECK(bare.result() == 10);
  }
}

TEST_CASE("without a command line the application's name is it", "[veneer][process]") {
  STARTUPINFOA how{};
  how.cb = sizeof how;
  PROCESS_INFORMATION made{};
  const std::string path = child_path();
  REQUIRE(CreateProcessA(path.c_str(), nullptr, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &how,
                         &made));
  const handle process(made.hProcess);
  const handle thread(made.hThread);
  CHECK(TerminateProcess(process, 3));  // it would run all tests
  CHECK(wait(process, patience()) == WAIT_OBJECT_0);
  CHECK(code_of(process) == 3);
}

TEMPLATE_TEST_CASE("what cannot be started is an error: 2, 3, 267", "[veneer][process]", ansi,
                   unicode) {
  const support::temporary_folder folder;
  const auto missing = path_text(folder / "missing");
  CHECK(started::line('"' + missing + '"', {}, TestType{}).error() == ERROR_FILE_NOT_FOUND);
  const auto deep = path_text(folder / "missing" / "deeper");
  CHECK(started::line('"' + deep + '"', {}, TestType{}).error() == ERROR_PATH_NOT_FOUND);
  const auto nowhere = started::child("ends_with", "0", {.directory = missing.c_str()}, TestType{});
  CHECK(nowhere.error() == ERROR_DIRECTORY);
}

TEMPLATE_TEST_CASE("a program begins in the directory that it is given", "[veneer][process]", ansi,
                   unicode) {
  const support::temporary_folder folder;
  static_cast<void>(folder.file("here", ""));
  const auto path = path_text(folder.path());
  CHECK(started::child("finds_here", "here", {.directory = path.c_str()}, TestType{}).result() ==
        0);
  CHECK(started::child("finds_here", "here", {}, TestType{}).result() == 1);
}

TEMPLATE_TEST_CASE("a program has this one's environment, or the block that it is given",
                   "[veneer][process]", ansi, unicode) {
  const auto form = TestType{};
  REQUIRE(SetEnvironmentVariableA("ISTHMUS_TEST_OWN", "mine"));
  CHECK(started::child("reads_variable", "ISTHMUS_TEST_OWN mine", {}, form).result() == 0);
  typename TestType::text block;
  // What this program needs of its own is in the block, too.
  for (const char* const name : {"SystemRoot", "WINEPREFIX", "PATH"})
    if (const char* const value = std::getenv(name))
      block += TestType::of(std::string(name) + '=' + value) + typename TestType::character{};
  block += TestType::of("ISTHMUS_TEST_NEW=a=b c") + typename TestType::character{};
  block += typename TestType::character{};
  const how_to_start how{.flags = TestType::environment_flag, .environment = block.data()};
  CHECK(started::child("reads_variable", "ISTHMUS_TEST_NEW \"a=b c\"", how, form).result() == 0);
  CHECK(started::child("reads_variable", "ISTHMUS_TEST_OWN mine", how, form).result() == 100);
  REQUIRE(SetEnvironmentVariableA("ISTHMUS_TEST_OWN", nullptr));
  CHECK(started::child("reads_variable", "ISTHMUS_TEST_OWN mine", {}, form).result() == 100);
}

TEST_CASE("TerminateProcess ends a process at once, with the code that it is given",
          "[veneer][process]") {
  const std::string name = support::unique_name("go");
  const handle go(CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
  const auto child = started::child("waits", name);
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
  const auto child = started::child("waits", name);
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
  CHECK(refusal_of([] { return OpenProcess(SYNCHRONIZE, FALSE, 0); }) == ERROR_INVALID_PARAMETER);
  CHECK(refusal_of([] { return OpenProcess(SYNCHRONIZE, FALSE, 0x7FFFFFF0); }) ==
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
  CHECK(DuplicateHandle(self, unwanted, nullptr, nullptr, 0, FALSE, DUPLICATE_CLOSE_SOURCE));
  CHECK(refusal_of([&] { return SetEvent(unwanted); }) == ERROR_INVALID_HANDLE);
}

TEST_CASE(
    "a handle of another process is duplicated, or ERROR_NOT_SUPPORTED says that it cannot "
    "be (DUP-07, HARD-26)",
    "[veneer][process]") {
  const std::string name = support::unique_name("go");
  const handle go(CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
  const auto child = started::child("waits", name);
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

TEST_CASE("GetCommandLine is this program's name and arguments, in both forms",
          "[veneer][process]") {
  const std::string narrow = GetCommandLineA();
  CHECK_FALSE(narrow.empty());
  CHECK(wide_of(narrow) == wide_text(GetCommandLineW()));
  CHECK(narrow.find("veneer-") != narrow.npos);
}
