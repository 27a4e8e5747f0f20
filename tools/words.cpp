// SPDX-License-Identifier: MIT
#include "words.hpp"

#include "messages.hpp"
#include "units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace tool {
namespace {

std::string process_text(const isthmus::process_note& process) {
  if (process.program.empty()) return fmt::format("{}", process.id);
  return fmt::format("{} ({})", process.id, printable(process.program));
}

std::string times(std::uint32_t depth) {
  return depth == 1 ? "" : depth == 2 ? ", twice" : fmt::format(", {} times", depth);
}

struct in_words {
  std::string operator()(std::monostate) const { return "unknown"; }
  std::string operator()(const isthmus::section_report& state) const {
    if (!state.of_file) return state.reserve ? "reserved" : "memory";
    return state.file.empty() ? "file" : "file " + printable(state.file);
  }
  std::string operator()(const isthmus::mutex_report& state) const {
    const std::string owner = state.owner ? process_text(*state.owner) : "somebody";
    if (state.use == isthmus::mutex_use::free) return "free";
    if (state.use == isthmus::mutex_use::abandoned)
      return state.owner ? "abandoned by " + owner : "abandoned";
    const std::string thread = state.thread ? fmt::format(", thread {}", *state.thread) : "";
    return fmt::format("owned by {}{}{}", owner, thread, times(state.depth));
  }
  std::string operator()(const isthmus::semaphore_report& state) const {
    return fmt::format("{} of {}", state.count, state.maximum);
  }
  std::string operator()(const isthmus::event_report& state) const {
    return fmt::format("{}, {}", state.set ? "set" : "not set", to_string(state.mode));
  }
  std::string operator()(const isthmus::timer_report& state) const {
    std::string text = state.set ? "set" : state.armed ? "" : "not armed";
    if (state.armed) text += text.empty() ? "" : ", ";
    if (state.armed) text += state.mode ? "armed" : "armed or cancelled";
    if (state.due_in) text += ", due in " + to_text(*state.due_in);
    if (state.period && state.period->count() > 0) text += ", every " + to_text(*state.period);
    if (state.mode) text += fmt::format(", {}", to_string(*state.mode));
    return text;
  }
};

}  // namespace

std::string full_name(const isthmus::object_report& object) {
  return name_text(object.name, object.scope);
}

std::string kind_text(const isthmus::object_report& object) {
  if (object.kind == isthmus::object_kind::none) return "?";
  return std::string(to_string(object.kind));
}

std::string state_text(const isthmus::object_report& object) {
  const std::string left = object.leftover ? "leftover" : "";
  if (!object.problem.empty())
    return left + (left.empty() ? "" : "; ") + printable(for_people(object.problem));
  const std::string state = std::visit(in_words(), object.state);
  return left.empty() ? state : left + "; " + state;
}

std::string size_text(const isthmus::object_report& object) {
  const auto* const section = std::get_if<isthmus::section_report>(&object.state);
  return section != nullptr ? size_text(section->size) : "";
}

std::string holders_text(const isthmus::object_report& object) {
  if (!object.holders) {
    if (object.handles)
      return fmt::format("{} handle{}", *object.handles, *object.handles == 1 ? "" : "s");
    return "unknown";
  }
  std::string text;
  for (const auto& each : *object.holders) text += (text.empty() ? "" : ", ") + process_text(each);
  if (object.more_holders) text += text.empty() ? "unknown" : ", others";
  return text.empty() ? "nobody" : text;
}

std::string waiters_text(const isthmus::object_report& object) {
  if (object.kind == isthmus::object_kind::section) return "";
  if (object.waiters) return *object.waiters == 0 ? "none" : fmt::format("{}", *object.waiters);
  if (!object.waited_for) return "unknown";
  return *object.waited_for ? "maybe" : "none";
}

std::string permissions_text(const isthmus::object_report& object) {
  return object.permissions.empty() ? "unknown" : object.permissions;
}

std::string age_text(const isthmus::object_report& object) {
  if (!object.made) return "unknown";
  const auto age = std::chrono::system_clock::now() - *object.made;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(std::max(age, age.zero()));
  return seconds.count() < 60 ? fmt::format("{} s", seconds.count()) : to_text(seconds);
}

std::string_view scope_text(isthmus::scope where) {
  return to_string(where == isthmus::scope::automatic ? isthmus::scope::session : where);
}

}  // namespace tool
