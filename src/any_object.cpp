// SPDX-License-Identifier: MIT
#include <isthmus/any_object.hpp>

#include "failure.hpp"

#include <fmt/format.h>

namespace isthmus {

static_assert(detail::object_kind_of<timer> == object_kind::timer);

std::string_view to_string(object_kind value) noexcept {
  switch (value) {
    case object_kind::none:
      return "none";
    case object_kind::section:
      return "section";
    case object_kind::mutex:
      return "mutex";
    case object_kind::semaphore:
      return "semaphore";
    case object_kind::event:
      return "event";
    case object_kind::timer:
      return "timer";
  }
  return "unknown";
}

namespace {

/// Asks the object, whatever it is; without one, the answer is empty.
template <class Result, class Ask>
Result ask(const any_object& held, Ask question) noexcept {
  if (const auto* const object = held.get<section>()) return question(*object);
  if (const auto* const object = held.get<mutex>()) return question(*object);
  if (const auto* const object = held.get<semaphore>()) return question(*object);
  if (const auto* const object = held.get<event>()) return question(*object);
  if (const auto* const object = held.get<timer>()) return question(*object);
  return Result{};
}

}  // namespace

std::string_view any_object::name() const noexcept {
  return ask<std::string_view>(*this, [](const auto& object) { return object.name(); });
}

access any_object::access() const noexcept {
  return ask<isthmus::access>(*this, [](const auto& object) { return object.access(); });
}

void detail::raise_wrong_kind(object_kind held, object_kind wanted) {
  failure why;
  why.set(errc::wrong_kind, held == object_kind::none
                                ? std::string("there is no object; look at kind() first")
                                : fmt::format("the object is a {}, and a {} was asked for",
                                              to_string(held), to_string(wanted)));
  raise("any_object::take", {}, why);
}

}  // namespace isthmus
