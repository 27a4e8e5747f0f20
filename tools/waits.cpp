// SPDX-License-Identifier: MIT
#include "waits.hpp"

#include "names.hpp"
#include "units.hpp"
#include "words.hpp"

#include <isthmus/inspect.hpp>

#include <fmt/format.h>

#include <system_error>
#include <variant>

namespace tool {
namespace {

using isthmus::object_kind;

std::string within(duration timeout) {
  return timeout == duration::zero() ? "at once" : "within " + to_text(timeout);
}

const char* what_was_awaited(object_kind kind) noexcept {
  if (kind == object_kind::mutex) return "was not free";
  if (kind == object_kind::semaphore) return "had no free permit";
  return "was not set";
}

}  // namespace

std::string timeout_text(const std::string& name, isthmus::scope where, duration timeout) {
  std::error_code ec;
  const auto found = isthmus::inspect(name, where, ec);
  const bool known = !ec && found.problem.empty();
  const std::string object =
      fmt::format("{}\"{}\"", known ? kind_text(found) + " " : "", name_text(name));
  return fmt::format(
      "{} {} {}{}; give a longer --timeout, or see 'isthmus show'", object,
      what_was_awaited(found.kind), within(timeout),
      known && found.kind == object_kind::mutex ? "; it is " + state_text(found) : "");
}

std::string timeout_text(std::size_t objects, bool all, duration timeout) {
  return fmt::format(
      "{} of the {} objects could be had {}{}; give a longer --timeout, or see "
      "'isthmus watch'",
      all ? "not all" : "none", objects, all ? "together " : "", within(timeout));
}

std::string abandoned_text(const std::string& name, isthmus::scope where) {
  std::error_code ec;
  const auto found = isthmus::inspect(name, where, ec);
  const auto* const state = std::get_if<isthmus::mutex_report>(&found.state);
  std::string who;
  if (!ec && state != nullptr && state->last_owner)
    who = fmt::format(", {} ({}),", state->last_owner->process_id,
                      printable(state->last_owner->program));
  return fmt::format(
      "the last owner of mutex \"{}\"{} died with it; what it guards may be "
      "half-done",
      name_text(name), who);
}

}  // namespace tool
