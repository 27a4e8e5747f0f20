// SPDX-License-Identifier: MIT
#include "commands.hpp"
#include "exit_code.hpp"
#include "json.hpp"
#include "words.hpp"

#include <isthmus/inspect.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace tool {
namespace {

void line(std::string_view what, std::string_view text) {
  if (!text.empty()) fmt::print("{:<12} {}\n", what, text);
}

std::string creator_of(const isthmus::object_report& object) {
  if (!object.creator) return "unknown";
  const auto process = object.creator->process_id;
  return fmt::format("user {}{}", object.creator->user,
                     process ? fmt::format(", process {}", *process) : "");
}

void last_owner(const isthmus::object_report& object) {
  const auto* const state = std::get_if<isthmus::mutex_report>(&object.state);
  if (state == nullptr || !state->last_owner) return;
  const auto noticed = std::chrono::floor<std::chrono::seconds>(state->last_owner->noticed);
  line("last death",
       fmt::format("{} ({}), noticed {:%Y-%m-%d %H:%M:%S} UTC", state->last_owner->process_id,
                   printable(state->last_owner->program), fmt::gmtime(noticed)));
}

}  // namespace

int show(const show_options& options) {
  const auto object = isthmus::inspect(options.name, options.scope);
  if (options.json) {
    fmt::print("{}\n", json_of(object));
    return done;
  }
  line("name", full_name(object));
  line("kind", kind_text(object));
  line("scope", scope_text(object.scope));
  line("state", state_text(object));
  line("size", size_text(object));
  line("holders", holders_text(object));
  line("waiters", waiters_text(object));
  line("permissions", permissions_text(object));
  line("creator", creator_of(object));
  line("age", age_text(object));
  last_owner(object);
  return done;
}

}  // namespace tool
