// SPDX-License-Identifier: MIT
//
// The exit codes of processes: 32 bits, of children and of those that are opened by their number.
#include "started.hpp"

#include "support/files.hpp"
#include "support/program.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace veneer_tests;

// Arguments: how, the code, the name of an event that ends it; it says that it is there.
CHILD(ends_when_told) {
  const auto code = static_cast<DWORD>(std::stoul(io.argument(1)));
  const handle go(OpenEventA(SYNCHRONIZE, FALSE, io.argument(2).c_str()));
  const handle up(CreateEventA(nullptr, TRUE, FALSE, (io.argument(2) + ".up").c_str()));
  SetEvent(up);
  if (WaitForSingleObject(go, patience()) != WAIT_OBJECT_0) return 1;
  if (io.argument(0) == "exits") ExitProcess(code);
  if (io.argument(0) == "terminates") TerminateProcess(GetCurrentProcess(), code);
  return static_cast<int>(code);
}

TEST_CASE("an exit code has 32 bits, from wherever one asks for it", "[veneer][process]") {
  if (!support::whole_exit_codes) SKIP(support::no_whole_exit_codes);
  const std::string name = support::unique_name("go");
  for (const char* const how : {"returns", "exits", "terminates"})
    for (const DWORD code : {0u, 255u, 256u, 300u, 0x12345678u, 0x80000000u, 0xFFFFFFFFu}) {
      CAPTURE(how, code);
      const handle go(CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
      const auto child = started::child("ends_when_told",
                                        std::string(how) + ' ' + std::to_string(code) + ' ' + name);
      REQUIRE(child.error() == not_refused);
      const handle up(CreateEventA(nullptr, TRUE, FALSE, (name + ".up").c_str()));
      REQUIRE(wait(up, patience()) == WAIT_OBJECT_0);
      const handle opened(OpenProcess(SYNCHRONIZE | PROCESS_QUERY_INFORMATION, FALSE, child.id()));
      SetEvent(go);
      CHECK(wait(opened, patience()) == WAIT_OBJECT_0);
      CHECK(code_of(opened) == code);
      CHECK(child.result() == code);
      DWORD of_thread = 1;
      CHECK(GetExitCodeThread(child.thread(), &of_thread));
      CHECK(of_thread == code);
    }
}

// Starts a process that ends when it is told, and writes its number.
CHILD(starts_another) {
  const auto other = started::child("ends_when_told", "exits 3000000000 " + io.argument(0));
  if (other.error() != not_refused) return 1;
  support::write_file(io.argument(1), std::to_string(other.id()));
  const handle written(CreateEventA(nullptr, TRUE, FALSE, (io.argument(0) + ".written").c_str()));
  SetEvent(written);
  DWORD code = 0;
  if (wait(other.process(), patience()) != WAIT_OBJECT_0) return 2;
  return GetExitCodeProcess(other.process(), &code) && code == 3000000000u ? 70000 : 3;
}

TEST_CASE("a grandchild that was opened by its number tells its exit code", "[veneer][process]") {
  if (!support::whole_exit_codes) SKIP(support::no_whole_exit_codes);
  const support::temporary_folder folder;
  const auto file = folder / "number";
  const std::string name = support::unique_name("go");
  const handle go(CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
  const handle written(CreateEventA(nullptr, TRUE, FALSE, (name + ".written").c_str()));
  const handle up(CreateEventA(nullptr, TRUE, FALSE, (name + ".up").c_str()));
  const auto child = started::child("starts_another", name + " \"" + path_text(file) + '"');
  REQUIRE(wait(written, patience()) == WAIT_OBJECT_0);
  REQUIRE(wait(up, patience()) == WAIT_OBJECT_0);
  const auto number = static_cast<DWORD>(std::stoul(support::read_file(file)));
  const handle grandchild(OpenProcess(SYNCHRONIZE | PROCESS_QUERY_INFORMATION, FALSE, number));
  REQUIRE(grandchild != nullptr);
  SetEvent(go);
  CHECK(wait(grandchild, patience()) == WAIT_OBJECT_0);
  CHECK(code_of(grandchild) == 3000000000u);
  CHECK(child.result() == 70000);
}
