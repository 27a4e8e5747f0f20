// SPDX-License-Identifier: MIT
//
// What a process is started with: environment, working directory, standard streams.
#include <isthmus/process.hpp>

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/system.hpp"

#include <isthmus/error.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace support;
using Catch::Matchers::ContainsSubstring;
using isthmus::errc;
using isthmus::process;
using isthmus::stream;
using isthmus::wait_status;

namespace {

isthmus::process_options options_for(std::string_view child, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), child_argument(child));
  return {.program = child_program(), .arguments = std::move(arguments)};
}

int result_of(const isthmus::process_options& options) {
  auto started = process::start(options);
  REQUIRE(started.wait_for(patience()) == wait_status::signaled);
  return started.exit_code().value_or(-1);
}

}  // namespace

// Writes the values of variables into the file that the first argument names.
CHILD(tells_variables) {
  std::string text;
  for (std::size_t i = 1; i < io.arguments().size(); ++i) {
    const char* const value = std::getenv(io.argument(i).c_str());
    text += value != nullptr ? value : "(none)";
    text += '\n';
  }
  write_file(to_path(io.argument(0)), text);
  return 0;
}

CHILD(tells_directory) {
  write_file(to_path(io.argument(0)), to_text(std::filesystem::current_path()));
  return 0;
}

CHILD(copies) {
  int count = 0;
  for (int c = 0; (c = std::getchar()) != EOF; ++count) std::putchar(c);
  std::fputs("said", stderr);
  return count;
}

TEST_CASE("the environment is the parent's, with the changes that are asked for", "[process]") {
  const temporary_folder folder;
  const auto file = folder / "values";
  auto options = options_for("tells_variables", {to_text(file), "PATH", "ISTHMUS_A", "ISTHMUS_B",
                                                 "ISTHMUS_C", "ISTHMUS_D"});
  options.environment = {{"ISTHMUS_A", "a=1"},
                         {"ISTHMUS_B", "b"},
                         {"ISTHMUS_B", {}},
                         {"ISTHMUS_C", ""},
                         {"ISTHMUS_C", "two words"}};
  CHECK(result_of(options) == 0);
  const auto path = std::string(std::getenv("PATH"));
  CHECK(read_file(file) == path + "\na=1\n(none)\ntwo words\n(none)\n");
  // Nothing of it has come into our own.
  CHECK(std::getenv("ISTHMUS_A") == nullptr);
  options.environment = {{"PATH", {}}};
  CHECK(result_of(options) == 0);
  CHECK(read_file(file) == "(none)\n(none)\n(none)\n(none)\n(none)\n");
}

TEST_CASE("the environment may begin empty", "[process]") {
  const temporary_folder folder;
  const auto file = folder / "values";
  auto options = options_for("tells_variables", {to_text(file), "ISTHMUS_A", "HOME", "TMPDIR"});
  options.empty_environment = true;
  options.environment = {{"ISTHMUS_A", "a"}, {"SYSTEMROOT", "C:\\windows"}};
  CHECK(result_of(options) == 0);
  CHECK(read_file(file) == "a\n(none)\n(none)\n");
}

TEST_CASE("variables have names", "[process]") {
  std::error_code ec;
  auto options = options_for("tells_variables", {});
  for (const auto& name : {std::string(), std::string("A=B"), std::string("A\0B", 3)}) {
    options.environment = {{name, "value"}};
    CHECK_FALSE(process::start(options, ec));
    CHECK(ec == errc::invalid_argument);
  }
  options.environment = {{"A", std::string("a\0b", 3)}};
  CHECK_FALSE(process::start(options, ec));
  CHECK(ec == errc::invalid_argument);
}

TEST_CASE("a process begins in the directory that is asked for", "[process]") {
  const temporary_folder folder;
  const auto file = folder / "directory";
  auto options = options_for("tells_directory", {to_text(file)});
  CHECK(result_of(options) == 0);
  CHECK(std::filesystem::equivalent(to_path(read_file(file)), std::filesystem::current_path()));
  options.working_directory = folder.path();
  CHECK(result_of(options) == 0);
  CHECK(std::filesystem::equivalent(to_path(read_file(file)), folder.path()));
  // A relative path of the program is relative to our directory.
  options.program = std::filesystem::relative(child_program());
  if (options.program.is_relative()) CHECK(result_of(options) == 0);
  CHECK(std::filesystem::equivalent(to_path(read_file(file)), folder.path()));
}

TEST_CASE("a directory that is none is an error that names it", "[process]") {
  const temporary_folder folder;
  auto options = options_for("tells_directory", {});
  options.working_directory = folder / "missing";
  const auto problem = thrown_by([&] { (void)process::start(options); });
  CHECK(problem.code == errc::not_found);
  CHECK_THAT(problem.text, ContainsSubstring("working directory"));
  CHECK_THAT(problem.text, ContainsSubstring("missing"));
  options.working_directory = folder.file("file", "");
  CHECK(code_of([&] { (void)process::start(options); }) == errc::not_found);
}

TEST_CASE("standard streams lead to files", "[process]") {
  const temporary_folder folder;
  auto options = options_for("copies", {});
  options.input = stream::file(folder.file("input", "some text"));
  options.output = stream::file(folder / "output");
  options.error = stream::file(folder / "error");
  for (int i = 0; i < 2; ++i) {  // again: what was there is replaced
    CHECK(result_of(options) == 9);
    CHECK(read_file(folder / "output") == "some text");
    CHECK(read_file(folder / "error") == "said");
  }
  options.output = stream::append(folder / "output");
  options.error = stream::append(folder / "new");
  CHECK(result_of(options) == 9);
  CHECK(read_file(folder / "output") == "some textsome text");
  CHECK(read_file(folder / "new") == "said");
}

TEST_CASE("standard streams lead nowhere", "[process]") {
  auto options = options_for("copies", {});
  options.input = stream::null();
  options.output = stream::null();
  options.error = stream::null();
  CHECK(result_of(options) == 0);
}

TEST_CASE("a stream's file that cannot be opened is an error that names both", "[process]") {
  const temporary_folder folder;
  auto options = options_for("copies", {});
  const auto before = open_handles();
  options.input = stream::file(folder / "missing");
  const auto problem = thrown_by([&] { (void)process::start(options); });
  CHECK(problem.code == errc::not_found);
  CHECK_THAT(problem.text, ContainsSubstring("standard input"));
  CHECK_THAT(problem.text, ContainsSubstring("missing"));
  CHECK_FALSE(std::filesystem::exists(folder / "missing"));
  options.input = stream::append(folder / "missing");
  CHECK(code_of([&] { (void)process::start(options); }) == errc::invalid_argument);
  options.input = {};
  options.output = stream::file(folder / "missing" / "below");
  CHECK(code_of([&] { (void)process::start(options); }) == errc::not_found);
  options.output = stream::file({});
  CHECK(code_of([&] { (void)process::start(options); }) == errc::invalid_argument);
  CHECK(open_handles() == before);
}
