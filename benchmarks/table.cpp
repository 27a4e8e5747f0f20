// SPDX-License-Identifier: MIT
#include "table.hpp"

#include <fmt/format.h>

namespace bench {
namespace {

constexpr auto layout = "{:<39} {:>10}  {:<31} {:>10} {:>6} {:>7}  {}\n";

std::string text_of(double nanoseconds) {
  return fmt::format(fmt::runtime(nanoseconds < 1000 ? "{:.1f}" : "{:.0f}"), nanoseconds);
}

/// None of our texts has anything in it that JSON would want otherwise.
std::string quoted(const std::string& text) { return '"' + text + '"'; }

}  // namespace

std::string table_head() {
  const auto line = [](auto... columns) { return fmt::format(fmt::runtime(layout), columns...); };
  return line("measure", "isthmus ns", "peer", "peer ns", "ratio", "target", "met") +
         std::string(118, '-') + '\n';
}

std::string table_line(const measured& done) {
  return fmt::format(fmt::runtime(layout), done.what.name, text_of(done.found.ours), done.what.peer,
                     text_of(done.found.peer), fmt::format("{:.2f}", done.found.ratio),
                     done.has_target() ? fmt::format("{:.2f}", done.what.target) : "-",
                     !done.has_target() ? "-"
                     : done.met()       ? "yes"
                                        : "no");
}

std::string json(const std::vector<measured>& rows) {
  std::string text = "[";
  for (const measured& done : rows) {
    text += fmt::format(
        "{}\n  {{\"name\": {}, \"ours_ns\": {:.2f}, \"peer\": {}, \"peer_ns\": {:.2f}, "
        "\"ratio\": {:.4f}, \"target\": {}, \"met\": {}}}",
        &done == rows.data() ? "" : ",", quoted(done.what.name), done.found.ours,
        quoted(done.what.peer), done.found.peer, done.found.ratio,
        done.has_target() ? fmt::format("{}", done.what.target) : "null",
        done.has_target() ? fmt::format("{}", done.met()) : "null");
  }
  return text + "\n]\n";
}

}  // namespace bench
