// SPDX-License-Identifier: MIT
//
// Native handles that started processes inherit, and those that become their standard streams.
#include "across/heirs.hpp"

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/kinds.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>
#include <isthmus/native.hpp>
#include <isthmus/process.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <cstdio>
#include <string>
#include <system_error>

using namespace support;
using Catch::Matchers::ContainsSubstring;
using isthmus::access;
using isthmus::errc;
using isthmus::event;
using isthmus::inherit_native;
using isthmus::no_native_handle;
using isthmus::process;
using isthmus::section;

namespace {

std::string bytes_of(isthmus::native_handle_type file) {
  const auto memory = section::from_file(file, {.access = access::read});
  const auto view = isthmus::const_view::map(memory);
  const auto bytes = view.span<char>(0, 5);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

CHILD(reads_native) {
  const auto first = isthmus::inherited_native("file");
  const auto second = isthmus::inherited_native("file");
  CHILD_REQUIRE(first != second);
  CHILD_REQUIRE(bytes_of(first) == "hello");
  CHILD_REQUIRE(bytes_of(second) == "hello");
  std::error_code ec;
  CHILD_REQUIRE(isthmus::inherited_native("none", ec) == no_native_handle);
  CHILD_REQUIRE(ec == errc::not_found);
  CHILD_REQUIRE(isthmus::inherited_native("event", ec) == no_native_handle);
  CHILD_REQUIRE(ec == errc::wrong_kind);
  CHILD_REQUIRE(!isthmus::inherited<event>("file", ec));
  CHILD_REQUIRE(ec == errc::wrong_kind);
  CHILD_REQUIRE(isthmus::inherited<event>("event").wait_for(0s) == isthmus::wait_status::signaled);
  // What this process has inherited does not cross once more.
  auto started = start_heir("has_no_native", {});
  CHILD_REQUIRE(started.wait_for(patience()) == isthmus::wait_status::signaled);
  return started.exit_code().value_or(-1);
}

CHILD(has_no_native) {
  std::error_code ec;
  return isthmus::inherited_native("file", ec) == no_native_handle && ec == errc::not_found ? 0 : 1;
}

TEST_CASE("a native handle crosses under its key, beside objects", "[inherited][native]") {
  const temporary_folder folder;
  native_file file(folder.file("text", "hello"), native_file::use::read);
  const auto object = event::create({.initially_set = true});
  auto started =
      start_heir("reads_native", {}, {inherit_native("file", file.get()), {"event", object}});
  file.close();  // the child has its own
  CHECK(result_of(std::move(started)) == 0);
}

TEST_CASE("what is no open handle is not passed, and the error names the key",
          "[inherited][native]") {
  const auto problem = thrown_by([] {
    (void)process::start(
        {.program = child_program(), .inherit = {inherit_native("log", no_native_handle)}});
  });
  CHECK(problem.code == errc::invalid_argument);
  CHECK_THAT(problem.text, ContainsSubstring("\"log\""));
}

CHILD(echoes) {
  for (int c = std::getchar(); c != EOF; c = std::getchar()) std::putchar(c);
  std::fputs("done", stderr);
  return 0;
}

TEST_CASE("standard streams lead where native handles do", "[process][native]") {
  const temporary_folder folder;
  native_file input(folder.file("in", "hello"), native_file::use::read);
  native_file output(folder.file("out", ""), native_file::use::write);
  const native_file error(folder.file("error", ""), native_file::use::write);
  auto started = process::start({.program = child_program(),
                                 .arguments = {child_argument("echoes")},
                                 .input = isthmus::stream_from_native(input.get()),
                                 .output = isthmus::stream_from_native(output.get()),
                                 .error = isthmus::stream_from_native(error.get())});
  input.close();
  output.close();
  CHECK(result_of(std::move(started)) == 0);
  CHECK(read_file(folder / "out") == "hello");
  CHECK(read_file(folder / "error") == "done");
}

TEST_CASE("a stream of no handle is an error that names the stream", "[process][native]") {
  const auto problem = thrown_by([] {
    (void)process::start({.program = child_program(),
                          .arguments = {child_argument("echoes")},
                          .output = isthmus::stream_from_native(no_native_handle)});
  });
  CHECK(problem.code == errc::invalid_argument);
  CHECK_THAT(problem.text, ContainsSubstring("standard output"));
}
