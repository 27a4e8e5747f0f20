// SPDX-License-Identifier: MIT
//
// How exit codes of 32 bits are handed over on Linux, and what is not believed.
#include "posix/system/exit_code.hpp"
#include "posix/system/linux/exit_page.hpp"

#include "support/child.hpp"
#include "support/files.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/process.hpp>
#include <isthmus/wait.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using isthmus::process;
using isthmus::wait_status;
using isthmus::detail::exit_page;

namespace {

process start(std::string_view child, std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(), support::child_argument(child));
  return process::start({.program = support::child_program(), .arguments = std::move(arguments)});
}

int code_of(process started) {
  REQUIRE(started.wait_for(support::patience()) == wait_status::signaled);
  REQUIRE(started.exit_code());
  return *started.exit_code();
}

/// A note in the parent's page, as a child that lies writes it.
void leave_note(std::uint32_t number, std::int32_t code, std::uint64_t start) {
  exit_page* const page = isthmus::detail::map_exit_page_of(::getppid(), true);
  CHILD_REQUIRE(page != nullptr);
  auto& note = page->children[page->notes.fetch_add(1) % page->children.size()];
  note.process = 0;
  note.start = start;
  note.code = code;
  note.process = number;
  isthmus::detail::unmap_exit_page(page);
}

/// How many such pages this process has mapped.
std::size_t pages_in_sight() {
  std::ifstream maps("/proc/self/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);)
    if (line.find("isthmus-exit-code") != line.npos) ++count;
  return count;
}

std::uint64_t own_start() {
  isthmus::detail::process_note_of_kernel note{};
  CHILD_REQUIRE(isthmus::detail::read_process_note(::getpid(), note));
  return note.start;
}

}  // namespace

CHILD(waits_and_ends_with_9) {
  io.receive();
  return 9;
}

CHILD(exits_with) { std::exit(std::stoi(io.argument(0))); }

// Says 300, and ends otherwise.
CHILD(says_and_ends) {
  isthmus::detail::hand_over(300);
  if (io.argument(0) == "kill") ::raise(SIGKILL);
  if (io.argument(0) == "exec") ::execl("/bin/sh", "sh", "-c", "exit 45", nullptr);
  ::_exit(std::stoi(io.argument(0)));
}

CHILD(lies) {
  const auto self = static_cast<std::uint32_t>(::getpid());
  if (io.argument(0) == "start") leave_note(self, 300, own_start() + 1);
  if (io.argument(0) == "bits") leave_note(self, 301, own_start());
  if (io.argument(0) == "number") leave_note(self + 1, 300, own_start());
  if (io.argument(0) == "true") leave_note(self, 300, own_start());
  ::_exit(44);
}

// Its forks end with codes of their own, and it does with 8 bits that they do not have.
CHILD(has_forks) {
  for (const bool raw : {false, true}) {
    const auto fork = raw ? ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) : ::fork();
    if (fork == 0) {
      isthmus::detail::hand_over(300);
      ::_exit(44);
    }
    siginfo_t info{};
    CHILD_REQUIRE(::waitid(P_PID, static_cast<id_t>(fork), &info, WEXITED) == 0);
  }
  const exit_page* const own = isthmus::detail::map_exit_page_of(::getpid(), false);
  CHILD_REQUIRE(own != nullptr);
  ::_exit(own->ended == 0 ? 7 : 8);
}

// Closes what it does not know and opens a file under each number that there was.
CHILD(closes_all) {
  for (int i = 3; i < 100; ++i) ::close(i);
  const int file = ::open("/dev/null", O_RDONLY);
  for (int i = 3; i < 100; ++i)
    if (i != file) CHILD_REQUIRE(::dup2(file, i) == i);
  const pid_t fork = ::fork();
  if (fork == 0) {
    for (int i = 3; i < 100; ++i)
      if (::fcntl(i, F_GETFD) == -1) ::_exit(i);
    ::_exit(0);
  }
  siginfo_t info{};
  CHILD_REQUIRE(::waitid(P_PID, static_cast<id_t>(fork), &info, WEXITED) == 0);
  std::exit(info.si_status == 0 ? 303 : info.si_status);
}

TEST_CASE("a code that the kernel does not know of is not believed", "[exit_code]") {
  CHECK(code_of(start("says_and_ends", {"44"})) == 300);
  CHECK(code_of(start("says_and_ends", {"43"})) == 43);
  CHECK(code_of(start("says_and_ends", {"kill"})) == 128 + SIGKILL);
  CHECK(code_of(start("says_and_ends", {"exec"})) == 45);
}

TEST_CASE("a note counts for the process that it is of, and with the right bits", "[exit_code]") {
  CHECK(code_of(start("lies", {"true"})) == 300);
  for (const char* const lie : {"start", "bits", "number"}) {
    CAPTURE(lie);
    CHECK(code_of(start("lies", {lie})) == 44);
  }
}

TEST_CASE("a fork's child does not write the page of its parent", "[exit_code][fork]") {
  CHECK(code_of(start("has_forks")) == 7);
}

TEST_CASE("a fork's child has a page of its own, by which those that open it learn the code",
          "[exit_code][fork]") {
  std::array<int, 2> gate{};
  std::array<int, 2> up{};
  char byte = 0;
  REQUIRE(::pipe2(gate.data(), O_CLOEXEC) == 0);
  REQUIRE(::pipe2(up.data(), O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(gate[1]);
    static_cast<void>(::write(up[1], &byte, 1) == 1 && ::read(gate[0], &byte, 1) == 1);
    process::exit_at_once(-300);
  }
  ::close(up[1]);
  REQUIRE(::read(up[0], &byte, 1) == 1);  // the fork is done
  ::close(up[0]);
  auto opened = process::open(static_cast<std::uint32_t>(child));
  for (const int end : gate) ::close(end);
  CHECK(opened.wait_for(support::patience()) == wait_status::signaled);
  CHECK(opened.exit_code() == -300);
  int status = 0;
  CHECK(support::eventually([&] { return ::waitpid(child, &status, WNOHANG) == child; }));
  CHECK(WEXITSTATUS(status) == (-300 & 0xFF));
}

TEST_CASE("a process that was opened before its main is found out about while one waits for it",
          "[exit_code]") {
  if (!support::whole_exit_codes) SKIP(support::no_whole_exit_codes);
  for (const bool alone : {true, false}) {
    CAPTURE(alone);
    const auto before = pages_in_sight();
    support::child other("waits_and_ends_with_9");
    auto opened = process::open(other.id());
    support::worker waiter;
    auto result = waiter.start([&] {
      if (alone) return opened.wait_for(support::patience());
      return isthmus::wait_any_for({opened}, support::patience()).status;
    });
    CHECK(support::eventually([&] { return pages_in_sight() > before; }));
    other.send("end");
    REQUIRE(support::ready(result));
    CHECK(result.get() == wait_status::signaled);
    CHECK(opened.exit_code() == 9);
  }
}

TEST_CASE("descriptors that a program has closed are left alone, whatever has their numbers now",
          "[exit_code][fork]") {
  if (!support::whole_exit_codes) SKIP(support::no_whole_exit_codes);
  CHECK(code_of(start("closes_all")) == 303);  // its parent's page is there all the same
}

TEST_CASE("more notes than there is room for cost no more than the oldest", "[exit_code]") {
  if (!support::whole_exit_codes) SKIP(support::no_whole_exit_codes);
  for (int i = 0; i < 300; ++i) {
    const pid_t stranger = ::fork();
    if (stranger == 0) process::exit_at_once(-1);
    siginfo_t info{};
    REQUIRE(::waitid(P_PID, static_cast<id_t>(stranger), &info, WEXITED) == 0);  // untimed: it ends
  }
  CHECK(code_of(start("exits_with", {"70000"})) == 70000);
}

TEST_CASE("a program runs where no file may be made, and has 8 bits", "[exit_code]") {
  const auto command = "ulimit -f 0; exec \"$0\" " + support::child_argument("exits_with") + " 300";
  auto limited = process::start(
      {.program = "/bin/sh", .arguments = {"-c", command, support::child_program().native()}});
  CHECK(code_of(std::move(limited)) == 44);
}

TEST_CASE("the page is closed when a program is started, and shows in no folder", "[exit_code]") {
  const support::temporary_folder folder;
  auto listing = process::start({.program = "/bin/ls",
                                 .arguments = {"-l", "/proc/self/fd"},
                                 .output = isthmus::stream::file(folder / "list")});
  CHECK(listing.wait_for(support::patience()) == wait_status::signaled);
  CHECK(support::read_file(folder / "list").find("isthmus-exit-code") == std::string::npos);
}
