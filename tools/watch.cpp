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
#include <span>
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
void draw(const std::vector<isthmus::object_report>& all, std::size_t& drawn) {
  if (drawn != 0) fmt::print("\x1b[{}A\x1b[J", drawn);
  const std::size_t room = std::max<std::size_t>(height_of_output(), 3) - 2;  // titles, cursor
  const std::span shown = std::span(all).first(std::min(all.size(), room));
  fmt::print("{}", table_of(shown, width_of_output(), colourful()));
  drawn = shown.size() + 1;
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
  std::size_t drawn = 0;
  do {
    std::vector<isthmus::object_report> seen;
    for (const auto& name : options.names) seen.push_back(look_at(name, options.scope));
    if (live) {
      draw(seen, drawn);
    } else {
      tell_changes(seen, known);
    }
    if (std::fflush(stdout) != 0) throw stop(failed, no_output);
  } while (signals.told_to_end().wait_for(std::max<std::chrono::nanoseconds>(
               options.interval, std::chrono::milliseconds(10))) == isthmus::wait_status::timeout);
  return done;
}

}  // namespace tool
