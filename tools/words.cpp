// SPDX-License-Identifier: MIT
#include "words.hpp"

#include "units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace tool {
namespace {

/// Marks that change the direction of what is written after them: a name must not turn its line.
/// They are U+200E and U+200F, U+202A to U+202E, U+2066 to U+2069.
bool turns_the_line(std::string_view sequence) noexcept {
  if (sequence.size() != 3 || sequence[0] != '\xE2') return false;
  const auto last = static_cast<unsigned char>(sequence[2]);
  if (sequence[1] == '\x80') return last == 0x8E || last == 0x8F || (last >= 0xAA && last <= 0xAE);
  return sequence[1] == '\x81' && last >= 0xA6 && last <= 0xA9;
}

/// How many bytes a UTF-8 sequence has that is well-formed and can be shown; 0: show it as bytes.
std::size_t shown_bytes(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7F ? 1 : 0;
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (size == 0 || lead > 0xF4 || text.size() < size) return 0;
  const auto tail = text.substr(1, size - 1);
  const bool whole = std::all_of(tail.begin(), tail.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
  });
  const bool control = lead == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
  return whole && !control && !turns_the_line(text.substr(0, size)) ? size : 0;
}

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

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t size = shown_bytes(text);
    if (size == 0)
      fmt::format_to(std::back_inserter(shown), "\\x{:02x}", static_cast<unsigned char>(text[0]));
    shown += text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return shown;
}

std::string full_name(const isthmus::object_report& object) {
  return (object.scope == isthmus::scope::global ? "Global\\" : "") + printable(object.name);
}

std::string kind_text(const isthmus::object_report& object) {
  if (object.kind == isthmus::object_kind::none) return "?";
  return std::string(to_string(object.kind));
}

std::string state_text(const isthmus::object_report& object) {
  const std::string left = object.leftover ? "leftover" : "";
  if (!object.problem.empty()) return left + (left.empty() ? "" : "; ") + printable(object.problem);
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
  return *object.waited_for ? "some" : "none";
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
