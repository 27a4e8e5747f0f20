// SPDX-License-Identifier: MIT
#include "dispatcher.hpp"

#include <fmt/format.h>

namespace isthmus::detail {

bool check_rights(kind what, access rights, failure& why) {
  if (rights != access::none && includes(dispatcher_rights, rights)) return true;
  why.set(
      rights == access::none ? errc::access_denied : errc::invalid_argument,
      fmt::format("the rights of a {} are wait and modify, at least one of them", word_for(what)));
  return false;
}

std::string_view word_for(kind value) noexcept {
  switch (value) {
    case kind::section:
      return "section";
    case kind::mutex:
      return "mutex";
    case kind::semaphore:
      return "semaphore";
    case kind::event:
      return "event";
    case kind::timer:
      return "timer";
    case kind::process:
      return "process";
  }
  return "object";
}

bool check_held(const dispatcher* state, std::string_view word, failure& why) {
  if (state == nullptr)
    why.set(errc::invalid_argument, fmt::format("the {} is empty (moved from or closed)", word));
  return state != nullptr;
}

bool check_may(const dispatcher* state, std::string_view word, access right, failure& why) {
  if (!check_held(state, word, why)) return false;
  if (includes(state->info.access, right)) return true;
  why.set(errc::access_denied,
          fmt::format("the {}'s handle lacks the right to {}", word_for(state->kind),
                      right == access::wait ? "wait" : "modify"));
  return false;
}

reset_mode checked(reset_mode mode, failure& why) {
  if (mode != reset_mode::automatic && mode != reset_mode::manual)
    why.set(errc::invalid_argument, "the mode is automatic or manual");
  return mode;
}

dispatcher* make(dispatcher_request request, std::string_view name, scope where, verb how,
                 failure& why) {
  request.how = how;
  request.name = parse_name(name, where, why);
  return why ? nullptr : make_dispatcher(request, why);
}

dispatcher* open(kind what, std::string_view name, scope where, access rights, failure& why) {
  const auto parsed = parse_required_name(name, where, why);
  if (why || !check_rights(what, rights, why)) return nullptr;
  return open_dispatcher(what, parsed, rights, why);
}

dispatcher* open(kind what, std::string_view name, scope where, access rights,
                 std::chrono::nanoseconds limit, failure& why) {
  return until_found(limit, why, [&](failure& w) { return open(what, name, where, rights, w); });
}

dispatcher* duplicate(kind what, const dispatcher* from, access rights, failure& why) {
  if (!check_held(from, word_for(what), why) || !check_rights(what, rights, why)) return nullptr;
  dispatcher* const made = duplicate_dispatcher(*from, rights, why);
  if (made != nullptr) made->info.created = false;
  return made;
}

void close_dispatcher::operator()(dispatcher* state) const noexcept {
  failure why;
  close_dispatcher_state(state, why);
}

}  // namespace isthmus::detail
