// SPDX-License-Identifier: MIT
#include "started.hpp"

#include "exit_code.hpp"
#include "names.hpp"

#include <isthmus/error.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <utility>

namespace tool {
namespace {

std::filesystem::path path_of(const std::string& text) {
  return std::filesystem::path(std::u8string(text.begin(), text.end()));
}

[[noreturn]] void explain(const isthmus::error& failure, const std::string& program) {
  const bool absent = failure.code() == isthmus::errc::not_found;
  if (!absent && failure.code() != isthmus::errc::access_denied) throw failure;
  throw stop(absent ? no_command : cannot_run,
             fmt::format(
                 "{}: {}", printable(program),
                 absent ? "there is no such command; give its path, or see to PATH"
                        : "it cannot be run; check that it is a program, and that you may run it"));
}

}  // namespace

int run_to_end(const std::vector<std::string>& command, signal_relay& signals,
               std::vector<isthmus::environment_change> environment) {
  isthmus::process child;
  try {
    child = isthmus::process::start({.program = path_of(command.front()),
                                     .arguments = {command.begin() + 1, command.end()},
                                     .environment = std::move(environment)});
  } catch (const isthmus::error& failure) {
    explain(failure, command.front());
  }
  signals.forward_to(child.id());
  child.wait();
  signals.forward_to(0);
  return child.exit_code().value_or(not_started);
}

}  // namespace tool
