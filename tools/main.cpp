// SPDX-License-Identifier: MIT
//
// The isthmus command. Whatever goes wrong is one line on standard error, which says what to do,
// and an exit code (exit_code.hpp).
#include "apart.hpp"
#include "command_line.hpp"
#include "doctor.hpp"
#include "exit_code.hpp"
#include "messages.hpp"
#include "names.hpp"
#include "terminal.hpp"

#include <isthmus/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

int tell(int code, std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  tool::say(fmt::format("isthmus: {}\n", tool::printable(line)));
  return code;
}

/// Before a command has been started, run and create have one code for whatever goes wrong.
bool runs_command(const std::vector<std::string>& arguments) {
  return !arguments.empty() && (arguments.front() == "run" || arguments.front() == "create") &&
         std::find(arguments.begin(), arguments.end(), "--") != arguments.end();
}

/// Whether the command works on objects that must be there.
bool looks_for_names(const std::vector<std::string>& arguments) {
  constexpr std::array others{"list", "create", "clean", "doctor"};
  return !arguments.empty() &&
         std::find(others.begin(), others.end(), arguments.front()) == others.end();
}

int tell(const isthmus::error& failure, const std::vector<std::string>& arguments) {
  using isthmus::errc;
  const bool before_command = runs_command(arguments);
  std::string text = tool::for_people(failure);
  int code = tool::failed;
  if (failure.code() == errc::not_found && looks_for_names(arguments)) {
    code = tool::not_found;
    text += "; 'isthmus list --scope all' shows what there is";
  } else if (failure.code() == errc::access_denied) {
    code = tool::denied;
    text += "; 'isthmus show' tells whose it is, 'isthmus doctor' whether the place is sound";
  } else if (failure.code() == errc::untrusted) {
    code = tool::denied;
  } else if (failure.code() == errc::already_exists) {
    text += "; choose another name, or give --or-open";
  } else if (failure.code() == errc::wrong_kind) {
    text += "; 'isthmus show' tells of which";
  } else if (failure.code() == errc::no_space) {
    text += "; 'isthmus clean' gives back what crashes have left";
  }
  return tell(before_command ? tool::not_started : code, text);
}

int run(const std::vector<std::string>& arguments) {
  try {
    const int code =
        tool::is_trial(arguments) ? tool::play_trial(arguments) : tool::run_command_line(arguments);
    if (std::fflush(stdout) == 0) return code;
    return tell(tool::failed, tool::no_output);
  } catch (const tool::stop& why) {
    return tell(why.code(), why.what());
  } catch (const isthmus::error& failure) {
    return tell(failure, arguments);
  } catch (const std::system_error& failure) {
    return std::ferror(stdout) != 0 ? tell(tool::failed, tool::no_output)
                                    : tell(tool::failed, failure.what());
  } catch (const std::exception& failure) {
    return tell(runs_command(arguments) ? tool::not_started : tool::failed, failure.what());
  }
}

}  // namespace

int main(int count, char** values) {
  tool::prepare_streams();
  tool::remember_program(count > 0 ? values[0] : nullptr);
  return run(tool::command_line(count, values));
}
