// SPDX-License-Identifier: MIT
#include "tools/command.hpp"

#include "support/child.hpp"
#include "support/system.hpp"

#include <algorithm>
#include <stdexcept>

namespace support {

std::filesystem::path command_file() {
  auto file = program().parent_path() / ".." / ".." / "tools" / "isthmus";
  return file.replace_extension(program().extension());
}

answer command(const std::vector<std::string>& arguments, std::string_view input) {
  const temporary_folder folder;
  const auto output = folder / "output";
  const auto error = folder / "error";
  auto running = isthmus::process::start({.program = command_file(),
                                          .arguments = arguments,
                                          .input = isthmus::stream::file(folder.file("in", input)),
                                          .output = isthmus::stream::file(output),
                                          .error = isthmus::stream::file(error)});
  if (running.wait_for(patience()) != isthmus::wait_status::signaled) {
    running.terminate();
    throw std::runtime_error("the command does not come to an end");
  }
  return {running.exit_code().value_or(-1), read_file(output), read_file(error)};
}

std::vector<std::string> with_child(std::vector<std::string> arguments, std::string_view child) {
  arguments.insert(arguments.end(), {"--", to_text(child_program()), child_argument(child)});
  return arguments;
}

std::vector<std::string> with_command(std::vector<std::string> arguments,
                                      const std::vector<std::string>& inner) {
  arguments.insert(arguments.end(), {"--", to_text(command_file())});
  arguments.insert(arguments.end(), inner.begin(), inner.end());
  return arguments;
}

running_command::running_command(const std::vector<std::string>& arguments)
    : process_(isthmus::process::start({.program = command_file(),
                                        .arguments = arguments,
                                        .input = isthmus::stream::pipe(input_),
                                        .output = isthmus::stream::null()})) {}

running_command::~running_command() { kill(); }

int running_command::exit_code() {
  if (process_.wait_for(patience()) != isthmus::wait_status::signaled) return -1;
  return process_.exit_code().value_or(-1);
}

void running_command::kill() {
  std::error_code ignored;
  process_.terminate(ignored);
  (void)process_.wait_for(patience());
}

bool is_one_line(std::string_view text) {
  return text.starts_with("isthmus: ") && std::count(text.begin(), text.end(), '\n') == 1 &&
         text.ends_with('\n');
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace support
