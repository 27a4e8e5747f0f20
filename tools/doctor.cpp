// SPDX-License-Identifier: MIT
#include "doctor.hpp"

#include "commands.hpp"
#include "exit_code.hpp"
#include "terminal.hpp"
#include "units.hpp"

#include <isthmus/clean.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <system_error>

namespace tool {
namespace {

finding look_at(const char* scope, const isthmus::place_report& place) {
  if (place.problem.empty())
    return {health::fine, fmt::format("scope {}: names live in {}", scope, place.path)};
  return {health::problem, fmt::format("scope {} cannot be used", scope), place.problem};
}

finding look_at_global(const isthmus::system_report& system) {
  finding result = look_at("global", system.global);
  // Not a fault of the machine: this build has none.
  if (result.how == health::problem && system.lifetime == "anchor") result.how = health::remark;
  return result;
}

void look_for_leftovers(std::vector<finding>& into) {
  std::error_code ec;
  const auto left = isthmus::leftovers(isthmus::scope::session, ec);
  if (ec) return;
  if (left.objects == 0) return into.push_back({health::fine, "nothing is left of crashes"});
  into.push_back({health::remark,
                  fmt::format("crashed processes have left {} object{}, {}", left.objects,
                              left.objects == 1 ? "" : "s", size_text(left.bytes)),
                  "'isthmus clean' gives the memory back"});
}

std::string_view mark_of(health how, bool colour) {
  if (how == health::fine) return colour ? "\x1b[32mok\x1b[0m     " : "ok     ";
  if (how == health::remark) return colour ? "\x1b[33mnote\x1b[0m   " : "note   ";
  return colour ? "\x1b[31mproblem\x1b[0m" : "problem";
}

}  // namespace

int doctor() {
  const auto system = isthmus::inspect_system();
  std::vector<finding> all{
      {health::fine, fmt::format("isthmus {}: backend {}, life of names by {}, engine {}",
                                 ISTHMUS_VERSION, system.backend, system.lifetime, system.engine)},
      look_at("session", system.session),
      look_at_global(system)};
  look_for_leftovers(all);
  auto more = examine(system);
  std::move(more.begin(), more.end(), std::back_inserter(all));
  const bool colour = colourful();
  for (const finding& each : all) {
    fmt::print("{} {}\n", mark_of(each.how, colour), each.what);
    if (!each.advice.empty()) fmt::print("        {}\n", each.advice);
  }
  const bool ill = std::any_of(all.begin(), all.end(),
                               [](const finding& each) { return each.how == health::problem; });
  return ill ? failed : done;
}

}  // namespace tool
