// SPDX-License-Identifier: MIT
#include "commands.hpp"
#include "exit_code.hpp"
#include "json.hpp"
#include "names.hpp"
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
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace tool {
namespace {

isthmus::object_report look_at(const std::string& name, isthmus::scope where) {
  std::error_code ec;
  auto report = isthmus::inspect(name, where, ec);
  if (!ec) return report;
  if (ec != isthmus::errc::not_found) return isthmus::inspect(name, where);  // says why
  std::string_view rest = name;
  report = {};
  report.scope = take_scope(rest, where);
  report.name = rest;
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

std::string line_of(const isthmus::object_report& seen, bool json) {
  if (json) return json_of(seen);
  return fmt::format("{} {} {}; holders: {}", kind_text(seen), full_name(seen), state_text(seen),
                     holders_text(seen));
}

/// Without what changes at every look.
isthmus::object_report steady(isthmus::object_report seen) {
  if (auto* const timer = std::get_if<isthmus::timer_report>(&seen.state)) timer->due_in.reset();
  return seen;
}

/// Elsewhere there is a line for each change.
void tell_changes(const std::vector<isthmus::object_report>& seen, std::vector<std::string>& known,
                  bool json) {
  for (std::size_t i = 0; i < seen.size(); ++i) {
    std::string now = line_of(steady(seen[i]), json);
    if (now == known[i]) continue;
    known[i] = std::move(now);
    fmt::print("{}\n", line_of(seen[i], json));
  }
}

}  // namespace

int watch(const watch_options& options) {
  signal_relay signals;
  std::vector<std::string> known(options.names.size());
  const bool live = is_terminal(stream::output) && !options.json;
  std::size_t drawn = 0;
  do {
    std::vector<isthmus::object_report> seen;
    for (const auto& name : options.names) seen.push_back(look_at(name, options.scope));
    if (live) {
      draw(seen, drawn);
    } else {
      tell_changes(seen, known, options.json);
    }
    if (std::fflush(stdout) != 0) throw stop(failed, no_output);
  } while (signals.told_to_end().wait_for(std::max<std::chrono::nanoseconds>(
               options.interval, std::chrono::milliseconds(10))) == isthmus::wait_status::timeout);
  return done;
}

}  // namespace tool
