// SPDX-License-Identifier: MIT
//
// The isthmus command. Whatever goes wrong is one line on standard error, which says what to do,
// and an exit code (exit_code.hpp).
#include "command_line.hpp"
#include "exit_code.hpp"
#include "terminal.hpp"
#include "words.hpp"

#include <isthmus/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace {

int tell(int code, std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  const std::string whole = fmt::format("isthmus: {}\n", tool::printable(line));
  (void)std::fwrite(whole.data(), 1, whole.size(), stderr);  // there is nobody else to tell
  return code;
}

/// Before a command has been started, run and create have one code for whatever goes wrong.
bool runs_command(const std::vector<std::string>& arguments) {
  return !arguments.empty() && (arguments.front() == "run" || arguments.front() == "create") &&
         std::find(arguments.begin(), arguments.end(), "--") != arguments.end();
}

int tell(const isthmus::error& failure, bool before_command) {
  using isthmus::errc;
  std::string text = failure.what();
  int code = tool::failed;
  if (failure.code() == errc::not_found) {
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
    const int code = tool::run_command_line(arguments);
    if (std::fflush(stdout) == 0) return code;
    return tell(tool::failed, "the output cannot be written; see whether the disk is full");
  } catch (const tool::stop& why) {
    return tell(why.code(), why.what());
  } catch (const isthmus::error& failure) {
    return tell(failure, runs_command(arguments));
  } catch (const std::exception& failure) {
    return tell(runs_command(arguments) ? tool::not_started : tool::failed, failure.what());
  }
}

}  // namespace

int main(int count, char** values) {
  tool::prepare_streams();
  return run(tool::command_line(count, values));
}
