// SPDX-License-Identifier: MIT
#include "commands.hpp"
#include "exit_code.hpp"
#include "signals.hpp"
#include "table.hpp"
#include "terminal.hpp"
#include "words.hpp"

#include <isthmus/error.hpp>
#include <isthmus/inspect.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <system_error>

namespace tool {
namespace {

isthmus::object_report look_at(const std::string& name, isthmus::scope where) {
  std::error_code ec;
  auto report = isthmus::inspect(name, where, ec);
  if (!ec) return report;
  if (ec != isthmus::errc::not_found) return isthmus::inspect(name, where);  // says why
  report = {};
  report.name = name;
  report.problem = "there is none";
  return report;
}

/// On a terminal the table stays in its place.
void draw(const std::vector<isthmus::object_report>& seen, bool again) {
  if (again) fmt::print("\x1b[{}A\x1b[J", seen.size() + 1);
  fmt::print("{}", table_of(seen, width_of_output(), colourful()));
}

/// Elsewhere there is a line for each change.
void tell_changes(const std::vector<isthmus::object_report>& seen,
                  std::vector<std::string>& known) {
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const std::string now =
        fmt::format("{} {} {}; holders: {}", kind_text(seen[i]), full_name(seen[i]),
                    state_text(seen[i]), holders_text(seen[i]));
    if (now == known[i]) continue;
    known[i] = now;
    fmt::print("{}\n", now);
  }
}

}  // namespace

int watch(const watch_options& options) {
  signal_relay signals;
  std::vector<std::string> known(options.names.size());
  const bool live = is_terminal(stream::output);
  bool again = false;
  do {
    std::vector<isthmus::object_report> seen;
    for (const auto& name : options.names) seen.push_back(look_at(name, options.scope));
    if (live) {
      draw(seen, again);
    } else {
      tell_changes(seen, known);
    }
    again = true;
    (void)std::fflush(stdout);
  } while (signals.told_to_end().wait_for(std::max<std::chrono::nanoseconds>(
               options.interval, std::chrono::milliseconds(10))) == isthmus::wait_status::timeout);
  return done;
}

}  // namespace tool
