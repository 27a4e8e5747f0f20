// SPDX-License-Identifier: MIT
//
// Starting, waiting for and ending processes: the parts that need no long-lived child. The others
// are in across/process.cpp.
#include <isthmus/process.hpp>

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/program.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>
#include <isthmus/native.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <cstdlib>
#include <limits>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

using namespace support;
using isthmus::errc;
using isthmus::process;
using isthmus::wait_status;

namespace {

process start(std::string_view child, std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(), child_argument(child));
  return process::start({.program = child_program(), .arguments = std::move(arguments)});
}

}  // namespace

CHILD(ends) { return std::stoi(io.argument(0)); }

CHILD(ends_at_once) {
  static_cast<void>(std::atexit([] { process::exit_at_once(99); }));
  process::exit_at_once(std::stoi(io.argument(0)));
}

// Writes its arguments into the file that the first one names.
CHILD(tells_arguments) {
  std::string text;
  for (std::size_t i = 1; i < io.arguments().size(); ++i) text += io.argument(i) + '\0';
  write_file(to_path(io.argument(0)), text);
  return 0;
}

CHILD(tells_id) {
  write_file(to_path(io.argument(0)), std::to_string(process_id()));
  return 0;
}

TEST_CASE("a process handle is move-only and empty when moved from", "[process]") {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<process>);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<process>);
  STATIC_REQUIRE(std::is_nothrow_move_assignable_v<process>);
  auto first = start("ends", {"0"});
  const auto id = first.id();
  CHECK(id != 0);
  auto second = std::move(first);
  CHECK_FALSE(first);  // NOLINT(bugprone-use-after-move): that is the test
  CHECK(first.id() == 0);
  CHECK(second.id() == id);
  CHECK(second.wait_for(patience()) == wait_status::signaled);
}

TEST_CASE("an empty process handle is invalid_argument", "[process]") {
  process empty;
  std::error_code ec;
  CHECK_FALSE(empty);
  CHECK(empty.id() == 0);
  CHECK_FALSE(empty.exit_code());
  CHECK(isthmus::native_handle(empty) == isthmus::no_native_handle);
  CHECK(empty.wait_for(0s, ec) == wait_status::failed);
  CHECK(ec == errc::invalid_argument);
  empty.terminate(ec);
  CHECK(ec == errc::invalid_argument);
  CHECK(code_of([&] { (void)empty.wait_for(0s); }) == errc::invalid_argument);
  CHECK(code_of([&] { empty.terminate(); }) == errc::invalid_argument);
  empty.close();
}

TEST_CASE("the exit code comes through", "[process]") {
  for (const int code :
       {0, 1, 3, 42, 137, 200, 255, 256, 300, 0x12345678, 259, std::numeric_limits<int>::max(),
        std::numeric_limits<int>::min(), -1, -2, -256}) {
    CAPTURE(code);
    auto started = start("ends", {std::to_string(code)});
    std::error_code ec = make_error_code(errc::busy);
    CHECK(started.wait_for(patience(), ec) == wait_status::signaled);
    CHECK_FALSE(ec);
    CHECK(started.exit_code() == code);
    CHECK(started.exit_code() == code);  // again
    CHECK(started.wait_for(0s) == wait_status::signaled);
  }
}

TEST_CASE("a process ends at once with any code, and no handler of atexit runs", "[process]") {
  for (const int code : {0, 7, 300, -1}) {
    auto started = start("ends_at_once", {std::to_string(code)});
    CHECK(started.wait_for(patience()) == wait_status::signaled);
    CHECK(started.exit_code() == code);
  }
}

TEST_CASE("many children that end at the same time have each its own code", "[process]") {
  constexpr int crowd = 20;
  for (int round = 0; round < 3; ++round) {
    std::vector<process> all;
    all.reserve(crowd);
    for (int i = 0; i < crowd; ++i)
      all.push_back(start(i % 2 == 0 ? "ends" : "ends_at_once", {std::to_string(-1000 * i)}));
    for (int i = 0; i < crowd; ++i) {
      CAPTURE(i);
      CHECK(all[static_cast<std::size_t>(i)].wait_for(patience()) == wait_status::signaled);
      const int code = -1000 * i;
      const bool whole = support::whole_exit_codes || i % 2 != 0;
      CHECK(all[static_cast<std::size_t>(i)].exit_code() == (whole ? code : code & 255));
    }
  }
}

TEST_CASE("wait without a limit waits for the end", "[process]") {
  auto started = start("ends", {"7"});
  CHECK(started.wait() == wait_status::signaled);  // untimed: the watchdog has an eye on it
  CHECK(started.exit_code() == 7);
  std::error_code ec = make_error_code(errc::busy);
  CHECK(started.wait(ec) == wait_status::signaled);  // untimed: it has ended
  CHECK_FALSE(ec);
}

TEST_CASE("arguments arrive as they are", "[process]") {
  const temporary_folder folder;
  const std::vector<std::string> arguments{
      "plain",
      "",
      " ",
      "two words",
      "\"",
      "\"quoted\"",
      "a\"b\"c",
      "\\",
      "\\\\",
      "ends\\",
      "ends in space\\",
      "\\\"",
      "\\\\\" \\",
      "a\\\\b",
      "*",
      "?",
      "$HOME %PATH% `x` ; & | < > ( ) ^ !",
      "'single'",
      "\t",
      "line\nbreak",
      "n\xc3\xb6n-\xd0\x90SCII \xe2\x82\xac \xf0\x9f\x8c\x8d",
      "--child=ends",
      "last",
  };
  auto all = arguments;
  all.insert(all.begin(), to_text(folder / "arguments"));
  auto started = start("tells_arguments", all);
  REQUIRE(started.wait_for(patience()) == wait_status::signaled);
  REQUIRE(started.exit_code() == 0);
  std::string expected;
  for (const auto& argument : arguments) expected += argument + '\0';
  CHECK(read_file(folder / "arguments") == expected);
}

TEST_CASE("id is the child's own number", "[process]") {
  const temporary_folder folder;
  auto started = start("tells_id", {to_text(folder / "id")});
  const auto id = started.id();
  REQUIRE(started.wait_for(patience()) == wait_status::signaled);
  CHECK(read_file(folder / "id") == std::to_string(id));
  CHECK(started.id() == id);
}

TEST_CASE("what cannot be started is an error that names it", "[process]") {
  const temporary_folder folder;
  std::error_code ec;
  CHECK_FALSE(process::start({.program = folder / "missing"}, ec));
  CHECK(ec == errc::not_found);
  CHECK_FALSE(process::start({.program = "isthmus-no-such-program"}, ec));
  CHECK(ec == errc::not_found);
  CHECK_FALSE(process::start({}, ec));
  CHECK(ec == errc::invalid_argument);
  CHECK_FALSE(process::start({.program = folder.path()}, ec));
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(process::start({.program = folder.file("text", "no program")}, ec));
  CHECK(ec == errc::access_denied);
  CHECK_FALSE(
      process::start({.program = child_program(), .arguments = {std::string("a\0b", 3)}}, ec));
  CHECK(ec == errc::invalid_argument);
  const auto problem = thrown_by([&] { (void)process::start({.program = folder / "missing"}); });
  CHECK(problem.code == errc::not_found);
  CHECK_THAT(problem.text, Catch::Matchers::StartsWith("process::start(\""));
  CHECK_THAT(problem.text, Catch::Matchers::ContainsSubstring("missing"));
}

TEST_CASE("a process is no file", "[process][SEC-22]") {
  auto started = start("ends", {"0"});
  std::error_code ec;
  CHECK_FALSE(isthmus::section::from_file(isthmus::native_handle(started), {.size = 10}, ec));
  CHECK(ec);
  CHECK(started.wait_for(patience()) == wait_status::signaled);
}

TEST_CASE("starting processes leaves no handle behind", "[process]") {
  const auto round = [] {
    auto started = start("ends", {"0"});
    CHECK(started.wait_for(patience()) == wait_status::signaled);
  };
  round();
  const auto before = open_handles();
  for (int i = 0; i < 5; ++i) round();
  CHECK(open_handles() == before);
}
