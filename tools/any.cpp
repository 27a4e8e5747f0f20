// SPDX-License-Identifier: MIT
#include "any.hpp"

#include "exit_code.hpp"
#include "names.hpp"

#include <isthmus/inspect.hpp>

#include <fmt/format.h>

#include <system_error>

namespace tool {
namespace {

template <class Kind, class Options>
bool try_open(const std::string& name, isthmus::scope where, isthmus::any_object& into) {
  std::error_code ec;
  auto object =
      Kind::open(Options{.name = name, .access = isthmus::access::wait, .scope = where}, ec);
  if (!ec) into = isthmus::any_object(std::move(object));
  return !ec;
}

}  // namespace

isthmus::any_object open_waitable(const std::string& name, isthmus::scope where) {
  isthmus::any_object found;
  if (try_open<isthmus::event, isthmus::event_open_options>(name, where, found) ||
      try_open<isthmus::semaphore, isthmus::semaphore_open_options>(name, where, found) ||
      try_open<isthmus::timer, isthmus::timer_open_options>(name, where, found))
    return found;
  try {
    return isthmus::any_object(
        isthmus::mutex::open({.name = name, .access = isthmus::access::wait, .scope = where}));
  } catch (const isthmus::error& failure) {
    explain_kind(failure, name, where, "mutex, semaphore, event or timer");
  }
}

isthmus::waitable& waitable_in(isthmus::any_object& object) {
  if (auto* const found = object.get<isthmus::mutex>()) return *found;
  if (auto* const found = object.get<isthmus::semaphore>()) return *found;
  if (auto* const found = object.get<isthmus::event>()) return *found;
  return *object.get<isthmus::timer>();
}

void give_back(isthmus::any_object& object) {
  if (auto* const guard = object.get<isthmus::mutex>()) guard->unlock();
}

void explain_kind(const isthmus::error& failure, const std::string& name, isthmus::scope where,
                  std::string_view wanted) {
  if (failure.code() != isthmus::errc::wrong_kind) throw failure;
  std::error_code ec;
  const auto kind = isthmus::inspect(name, where, ec).kind;
  const bool known = !ec && kind != isthmus::object_kind::none;
  throw stop(
      failed,
      fmt::format("\"{}\" is {}; wanted here: {}", name_text(name),
                  known ? fmt::format("{} {}", kind == isthmus::object_kind::event ? "an" : "a",
                                      to_string(kind))
                        : "of another kind",
                  wanted));
}

}  // namespace tool
