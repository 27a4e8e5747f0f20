// SPDX-License-Identifier: MIT
#include "doctor.hpp"

#include "commands.hpp"
#include "exit_code.hpp"
#include "json.hpp"
#include "messages.hpp"
#include "names.hpp"
#include "terminal.hpp"
#include "units.hpp"

#include <isthmus/clean.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace tool {
namespace {

finding look_at(const char* scope, const isthmus::place_report& place) {
  if (place.problem.empty())
    return {health::fine, fmt::format("scope {}: names live in {}", scope, place.path)};
  return {health::problem, fmt::format("scope {} cannot be used", scope),
          for_people(place.problem)};
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

std::string_view word_of(health how) noexcept {
  switch (how) {
    case health::fine:
      return "ok";
    case health::remark:
      return "note";
    case health::degraded:
      return "degraded";
    case health::problem:
      break;
  }
  return "fails";
}

void print(const finding& each, bool colour) {
  const std::string_view paint = !colour                       ? ""
                                 : each.how == health::fine    ? "\x1b[32m"
                                 : each.how == health::problem ? "\x1b[31m"
                                                               : "\x1b[33m";
  fmt::print("{}{:<8}{} {}\n", paint, word_of(each.how), paint.empty() ? "" : "\x1b[0m",
             printable(each.what));
  if (!each.advice.empty()) fmt::print("         {}\n", printable(each.advice));
}

std::string json_line(const finding& each) {
  return fmt::format(R"({{"status":"{}","what":{},"advice":{}}})", word_of(each.how),
                     json_text(each.what), each.advice.empty() ? "null" : json_text(each.advice));
}

/// What fails may fail for want of a call.
void name_missing_calls(const std::vector<finding>& system, std::vector<finding>& library) {
  std::string missing;
  for (const finding& each : system)
    if (!each.call.empty()) missing += (missing.empty() ? "" : ", ") + each.call;
  for (finding& each : library)
    if (each.how == health::problem && each.advice.empty())
      each.advice = missing.empty() ? "see the lines above for what is wrong around it"
                                    : "missing here: " + missing;
}

void look_at_system(std::vector<finding>& all) {
  const auto system = isthmus::inspect_system();
  all.push_back(
      {health::fine, fmt::format("isthmus {}: backend {}, life of names by {}, engine {}",
                                 ISTHMUS_VERSION, system.backend, system.lifetime, system.engine)});
  all.push_back(look_at("session", system.session));
  all.push_back(look_at_global(system));
  const auto around = examine(system);
  auto tried = try_library(system);
  name_missing_calls(around, tried);
  all.insert(all.end(), around.begin(), around.end());
  all.insert(all.end(), tried.begin(), tried.end());
  look_for_leftovers(all);
}

}  // namespace

int doctor(const doctor_options& options) {
  std::vector<finding> all;
  look_at_system(all);
  if (options.json) {
    std::string text = "[";
    for (const finding& each : all) text += (text.size() == 1 ? "\n" : ",\n") + json_line(each);
    fmt::print("{}\n]\n", text);
  } else {
    const bool colour = colourful();
    for (const finding& each : all) print(each, colour);
  }
  const bool ill = std::any_of(all.begin(), all.end(),
                               [](const finding& each) { return each.how == health::problem; });
  return ill ? failed : done;
}

}  // namespace tool
