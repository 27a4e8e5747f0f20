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
#include <type_traits>

using namespace veneer_tests;

// Arguments: the code.
CHILD(ends_with) { return std::stoi(io.argument(0)); }

// Arguments: the name of an event that ends it.
CHILD(waits) {
  const handle go(OpenEventA(SYNCHRONIZE, FALSE, io.argument(0).c_str()));
  return WaitForSingleObject(go, patience()) == WAIT_OBJECT_0 ? 4 : 5;
}

// Writes its arguments into a file, a line for each.
CHILD(writes_arguments) {
  std::ofstream file(io.argument(0), std::ios::binary);
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
  const HANDLE any[] = {first.process(), second.thread()};
  const HANDLE all[] = {first.process(), second.process(), free_mutex};
  CHECK(WaitForMultipleObjects(2, any, FALSE, patience()) == WAIT_OBJECT_0 + 1);
  CHECK(WaitForMultipleObjects(3, all, TRUE, moment) == WAIT_TIMEOUT);
  SetEvent(go);
  CHECK(WaitForMultipleObjects(3, all, TRUE, patience()) == WAIT_OBJECT_0);
  CHECK(ReleaseMutex(free_mutex));
}

TEST_CASE("a process and its first thread are two objects in a wait for all (WAIT-07, WAIT-12)",
          "[veneer][process]") {
  const std::string name = support::unique_name("go");
  const handle go(CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
  const auto child = started::child("waits", name);
  REQUIRE(child.error() == not_refused);
  const handle free_mutex(CreateMutexA(nullptr, FALSE, nullptr));
  const handle opened(OpenProcess(SYNCHRONIZE, FALSE, child.id()));
  const HANDLE both[] = {child.thread(), free_mutex, child.process()};
  const HANDLE other_handle[] = {child.thread(), opened};
  const HANDLE alone[] = {child.thread()};
  CHECK(WaitForMultipleObjects(3, both, TRUE, moment) == WAIT_TIMEOUT);
  CHECK(WaitForMultipleObjects(2, other_handle, TRUE, 0) == WAIT_TIMEOUT);
  CHECK(WaitForMultipleObjects(1, alone, TRUE, 0) == WAIT_TIMEOUT);
  if (!under_wine()) {  // which allows an object twice
    const HANDLE twice[] = {child.process(), child.process(), child.thread()};
    const HANDLE threads[] = {child.thread(), child.process(), child.thread()};
    CHECK(refusal_of([&] { return WaitForMultipleObjects(3, twice, TRUE, 0); }) ==
          ERROR_INVALID_PARAMETER);
    CHECK(refusal_of([&] { return WaitForMultipleObjects(3, threads, TRUE, 0); }) ==
          ERROR_INVALID_PARAMETER);
  }
  SetEvent(go);
  CHECK(WaitForMultipleObjects(3, both, TRUE, patience()) == WAIT_OBJECT_0);
  CHECK(WaitForMultipleObjects(2, other_handle, TRUE, 0) == WAIT_OBJECT_0);
  CHECK(ReleaseMutex(free_mutex));
}

TEMPLATE_TEST_CASE("a command line is split by the rules of the C runtime", "[veneer][process]",
                   ansi, unicode) {
  const support::temporary_folder folder;
  const auto out = folder / "arguments";
  // An ANSI code page need not have the last one's letter.
  const std::string last = std::is_same_v<TestType, unicode> ? "caf\xC3\xA9" : "end";
  const std::string rest =
      " plain \"with space\" \"\" back\\slash \"end\\\\\" \\\"quote\\\" a\\\\\\\"b mid\"dle of\"x"
      " \t " +
      last;
  const auto child =
      started::child("writes_arguments", '"' + path_text(out) + '"' + rest, {}, TestType{});
  REQUIRE(child.result() == 0);
  CHECK(support::read_file(out) ==
        "plain\nwith space\n\nback\\slash\nend\\\n\"quote\"\na\\\"b\nmiddle ofx\n" + last + '\n');
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
  const DWORD error = started::line('"' + deep + '"', {}, TestType{}).error();
  CHECK(error == (under_wine() ? ERROR_FILE_NOT_FOUND : ERROR_PATH_NOT_FOUND));
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

TEMPLATE_TEST_CASE("standard streams lead where the file handles do", "[veneer][process]", ansi,
                   unicode) {
  const support::temporary_folder folder;
  SECURITY_ATTRIBUTES with{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
  const auto open = [&](const char* name, DWORD rights) {
    return CreateFileA(path_text(folder / name).c_str(), rights, FILE_SHARE_READ | FILE_SHARE_WRITE,
                       &with, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
  };
  support::write_file(folder / "in", "some text");
  handle in(open("in", GENERIC_READ));
  handle out(open("out", GENERIC_WRITE));
  handle error(open("error", GENERIC_WRITE));
  const auto child =
      started::child("copies", {}, {.inherit = TRUE, .streams = {in, out, error}}, TestType{});
  CHECK(child.result() == 0);
  for (handle* const each : {&in, &out, &error}) each->close();
  CHECK(support::read_file(folder / "out") == "some text");
  CHECK(support::read_file(folder / "error") == "done");
}

TEST_CASE("GetCommandLine is this program's name and arguments, in both forms",
          "[veneer][process]") {
  const std::string narrow = GetCommandLineA();
  CHECK_FALSE(narrow.empty());
  CHECK(wide_of(narrow) == wide_text(GetCommandLineW()));
  CHECK(narrow.find("veneer-") != narrow.npos);
}
