// SPDX-License-Identifier: MIT
#include "json.hpp"

#include "words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <variant>
#include <vector>

namespace tool {
namespace {

constexpr const char* boolean(bool value) noexcept { return value ? "true" : "false"; }

std::string text_or_null(std::string_view text) { return text.empty() ? "null" : json_text(text); }

std::string process(const isthmus::process_note& of) {
  return fmt::format(R"({{"process":{},"program":{}}})", of.id, text_or_null(of.program));
}

std::int64_t milliseconds_since_1970(std::chrono::system_clock::time_point when) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
}

struct state_members {
  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(const isthmus::section_report& state) const {
    return fmt::format(R"({{"size":{},"reserve":{},"of_file":{},"file":{}}})", state.size,
                       boolean(state.reserve), boolean(state.of_file), text_or_null(state.file));
  }
  std::string operator()(const isthmus::mutex_report& state) const {
    std::string last = "null";
    if (state.last_owner)
      last = fmt::format(R"({{"process":{},"program":{},"noticed_ms":{}}})",
                         state.last_owner->process_id, text_or_null(state.last_owner->program),
                         milliseconds_since_1970(state.last_owner->noticed));
    return fmt::format(R"({{"use":"{}","depth":{},"owner":{},"thread":{},"last_owner":{}}})",
                       to_string(state.use), state.depth,
                       state.owner ? process(*state.owner) : "null",
                       state.thread ? std::to_string(*state.thread) : "null", last);
  }
  std::string operator()(const isthmus::semaphore_report& state) const {
    return fmt::format(R"({{"count":{},"maximum":{}}})", state.count, state.maximum);
  }
  std::string operator()(const isthmus::event_report& state) const {
    return fmt::format(R"({{"set":{},"mode":"{}"}})", boolean(state.set), to_string(state.mode));
  }
  std::string operator()(const isthmus::timer_report& state) const {
    return fmt::format(R"({{"set":{},"armed":{},"due_in_ns":{},"period_ms":{},"mode":{}}})",
                       boolean(state.set), boolean(state.armed),
                       state.due_in ? std::to_string(state.due_in->count()) : "null",
                       state.period ? std::to_string(state.period->count()) : "null",
                       state.mode ? json_text(to_string(*state.mode)) : "null");
  }
};

std::string holders(const isthmus::object_report& object) {
  if (!object.holders) return "null";
  std::string list;
  for (const auto& each : *object.holders) list += (list.empty() ? "" : ",") + process(each);
  return "[" + list + "]";
}

/// Whether a well-formed sequence begins here, and of how many bytes; 0: none does.
std::size_t sequence(std::string_view text) noexcept {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t size = at(0) >= 0xF0 ? 4 : at(0) >= 0xE0 ? 3 : at(0) >= 0xC2 ? 2 : 0;
  if (size == 0 || at(0) > 0xF4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((at(i) & 0xC0) != 0x80) return 0;
  const bool overlong = (at(0) == 0xE0 && at(1) < 0xA0) || (at(0) == 0xF0 && at(1) < 0x90);
  const bool surrogate = at(0) == 0xED && at(1) >= 0xA0;
  const bool beyond = at(0) == 0xF4 && at(1) >= 0x90;
  return overlong || surrogate || beyond ? 0 : size;
}

}  // namespace

std::string json_text(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const char c = text[0];
    const auto byte = static_cast<unsigned char>(c);
    std::size_t size = 1;
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7F) {
      fmt::format_to(std::back_inserter(quoted), "\\u{:04x}", byte);
    } else if (byte < 0x80) {
      quoted += c;
    } else if ((size = sequence(text)) == 2 && byte == 0xC2 &&
               static_cast<unsigned char>(text[1]) < 0xA0) {  // a terminal would obey it
      fmt::format_to(std::back_inserter(quoted), "\\u{:04x}", static_cast<unsigned char>(text[1]));
    } else if (size != 0) {
      quoted += text.substr(0, size);
    } else {
      quoted += "\\ufffd";
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return quoted + '"';
}

std::string json_of(const isthmus::object_report& object) {
  using isthmus::object_kind;
  return fmt::format(
      R"({{"kind":{},"name":{},"scope":"{}","leftover":{},"state":{},"holders":{},)"
      R"("more_holders":{},"handles":{},"waited_for":{},"waiters":{},"permissions":{},)"
      R"("creator":{},"creator_process":{},"made_ms":{},"problem":{}}})",
      object.kind == object_kind::none ? "null" : json_text(to_string(object.kind)),
      json_text(object.name), scope_text(object.scope), boolean(object.leftover),
      std::visit(state_members(), object.state), holders(object), boolean(object.more_holders),
      object.handles ? std::to_string(*object.handles) : "null",
      object.waited_for ? boolean(*object.waited_for) : "null",
      object.waiters ? std::to_string(*object.waiters) : "null", text_or_null(object.permissions),
      object.creator ? json_text(object.creator->user) : "null",
      object.creator && object.creator->process_id ? std::to_string(*object.creator->process_id)
                                                   : "null",
      object.made ? std::to_string(milliseconds_since_1970(*object.made)) : "null",
      text_or_null(object.problem));
}

}  // namespace tool
