// SPDX-License-Identifier: MIT
#include "inspect.hpp"

#include "name.hpp"

#include <algorithm>
#include <utility>

namespace isthmus {

using detail::failure;
using detail::without_prefix;

namespace {

std::vector<object_report> sorted(scope where, failure& why) {
  auto all = detail::inspect_scope(without_prefix(where), why);
  std::sort(all.begin(), all.end(), [](const object_report& a, const object_report& b) {
    return std::pair(std::string_view(a.name), a.kind) <
           std::pair(std::string_view(b.name), b.kind);
  });
  return all;
}

object_report named(std::string_view name, scope where, failure& why) {
  const auto parsed = detail::parse_required_name(name, where, why);
  return why ? object_report{} : detail::inspect_name(parsed, why);
}

}  // namespace

std::string_view to_string(mutex_use value) noexcept {
  switch (value) {
    case mutex_use::free:
      return "free";
    case mutex_use::owned:
      return "owned";
    case mutex_use::abandoned:
      return "abandoned";
  }
  return "unknown";
}

std::vector<object_report> inspect_all(scope where) {
  return detail::throwing("inspect_all", to_string(without_prefix(where)),
                          [&](failure& why) { return sorted(where, why); });
}

std::vector<object_report> inspect_all(scope where, std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) { return sorted(where, why); });
}

object_report inspect(std::string_view name, scope where) {
  return detail::throwing("inspect", name, [&](failure& why) { return named(name, where, why); });
}

object_report inspect(std::string_view name, scope where, std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) { return named(name, where, why); });
}

system_report inspect_system() { return detail::inspect_backend(); }

}  // namespace isthmus
