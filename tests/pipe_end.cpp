// SPDX-License-Identifier: MIT
#include <isthmus/pipe_end.hpp>

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/error.hpp>
#include <isthmus/process.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <type_traits>

using namespace support;
using isthmus::errc;
using isthmus::process;
using isthmus::stream;
using isthmus::wait_status;

namespace {

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

/// What comes until the end.
std::string read_all(isthmus::pipe_end& from) {
  std::string text;
  std::array<std::byte, 1000> buffer{};
  for (;;) {
    const auto count = from.read_for(buffer, patience());
    REQUIRE(count);
    if (*count == 0) return text;
    text.append(static_cast<const char*>(static_cast<const void*>(buffer.data())), *count);
  }
}

process start_with_pipes(std::string_view child, stream input, stream output, stream error = {}) {
  return process::start({.program = child_program(),
                         .arguments = {child_argument(child)},
                         .input = std::move(input),
                         .output = std::move(output),
                         .error = std::move(error)});
}

}  // namespace

// Gives back what it gets, and to the other stream how much it was.
CHILD(parrot) {
  int count = 0;
  for (int c = 0; (c = std::getchar()) != EOF; ++count) {
    std::putchar(c);
    if (c == '.') std::fflush(stdout);
  }
  std::fprintf(stderr, "%d", count);
  return 3;
}

CHILD(reads_one) { return std::getchar() == 'x' ? 0 : 1; }

TEST_CASE("a pipe leads to a child's input and from its output", "[pipe_end]") {
  isthmus::pipe_end to;
  isthmus::pipe_end from;
  isthmus::pipe_end errors;
  auto child =
      start_with_pipes("parrot", stream::pipe(to), stream::pipe(from), stream::pipe(errors));
  REQUIRE(to);
  REQUIRE(from);
  REQUIRE(errors);
  std::array<std::byte, 100> buffer{};
  CHECK_FALSE(from.read_for(buffer, moment));
  to.write(bytes("hello."));
  std::string answer;
  while (answer.size() < 6) {
    const auto count = from.read_for(buffer, patience());
    REQUIRE(count.value_or(0) > 0);
    answer.append(static_cast<const char*>(static_cast<const void*>(buffer.data())), *count);
  }
  CHECK(answer == "hello.");
  to.close();
  CHECK_FALSE(to);
  CHECK(read_all(from).empty());
  CHECK(read_all(errors) == "6");
  CHECK(child.wait_for(patience()) == wait_status::signaled);
  CHECK(child.exit_code() == 3);
}

TEST_CASE("much goes through a pipe, while the other one is served", "[pipe_end]") {
  isthmus::pipe_end to;
  isthmus::pipe_end from;
  auto child = start_with_pipes("parrot", stream::pipe(to), stream::pipe(from), stream::null());
  std::string text;
  for (int i = 0; text.size() < 300'000; ++i) text += std::to_string(i);
  worker writer;
  auto written = writer.start([&] {
    to.write(bytes(text));
    to.close();
    return true;
  });
  CHECK(read_all(from) == text);
  REQUIRE(ready(written));
  CHECK(written.get());
  CHECK(child.wait_for(patience()) == wait_status::signaled);
}

TEST_CASE("a write ends at its limit, and says how much the pipe took", "[pipe_end]") {
  isthmus::pipe_end to;
  auto child = start_with_pipes("never_reads", stream::pipe(to), stream::null());
  const std::string text(3'000'000, 'x');
  std::size_t taken = 0;
  CHECK(time_of([&] { taken = to.write_for(bytes(text), moment); }) >= moment);
  CHECK(taken > 0);
  CHECK(taken < text.size());
  std::error_code ec = make_error_code(errc::busy);
  CHECK(to.write_for(bytes(text), 0s, ec) == 0);
  CHECK_FALSE(ec);
  child.terminate();
  CHECK(child.wait_for(patience()) == wait_status::signaled);
}

CHILD(never_reads) {
  for (;;) std::this_thread::sleep_for(10ms);
}

TEST_CASE("a write to a child that has ended is an error, and no signal", "[pipe_end]") {
  isthmus::pipe_end to;
  auto child = start_with_pipes("reads_one", stream::pipe(to), stream::null());
  to.write(bytes("x"));
  CHECK(child.wait_for(patience()) == wait_status::signaled);
  CHECK(child.exit_code() == 0);
  std::error_code ec;
  to.write(bytes("more"), ec);
  CHECK(ec == std::errc::broken_pipe);
  CHECK(thrown_by([&] { to.write(bytes("more")); }).code == std::errc::broken_pipe);
}

TEST_CASE("an empty end of a pipe is invalid_argument", "[pipe_end]") {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<isthmus::pipe_end>);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<isthmus::pipe_end>);
  isthmus::pipe_end empty;
  std::array<std::byte, 1> buffer{};
  std::error_code ec;
  CHECK_FALSE(empty);
  CHECK_FALSE(empty.read_for(buffer, 0s, ec));
  CHECK(ec == errc::invalid_argument);
  CHECK(empty.write_for(buffer, 0s, ec) == 0);
  CHECK(ec == errc::invalid_argument);
  CHECK(code_of([&] { empty.write(buffer); }) == errc::invalid_argument);
  empty.close();

  isthmus::pipe_end from;
  auto child = start_with_pipes("parrot", stream::null(), stream::pipe(from), stream::null());
  CHECK_FALSE(from.read_for({}, 0s, ec));
  CHECK(ec == errc::invalid_argument);
  CHECK(read_all(from).empty());
  auto moved = std::move(from);
  CHECK_FALSE(from);  // NOLINT(bugprone-use-after-move): that is the test
  CHECK(moved);
  CHECK(child.wait_for(patience()) == wait_status::signaled);
}

TEST_CASE("a start that fails leaves the ends as they were, and no handle", "[pipe_end]") {
  isthmus::pipe_end to;
  const auto before = open_handles();
  std::error_code ec;
  CHECK_FALSE(
      process::start({.program = "isthmus-no-such-program", .input = stream::pipe(to)}, ec));
  CHECK(ec == errc::not_found);
  CHECK_FALSE(to);
  CHECK(open_handles() == before);
}
