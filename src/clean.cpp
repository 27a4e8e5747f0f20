// SPDX-License-Identifier: MIT
#include "clean.hpp"

#include "failure.hpp"

namespace isthmus {

using detail::cleaning;
using detail::failure;

namespace {

scope chosen(scope where) noexcept { return where == scope::automatic ? scope::session : where; }

}  // namespace

clean_result clean(scope where) {
  return detail::throwing("clean", to_string(chosen(where)), [&](failure& why) {
    return detail::clean_scope(chosen(where), cleaning::remove, why);
  });
}

clean_result clean(scope where, std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return detail::clean_scope(chosen(where), cleaning::remove, why); });
}

clean_result leftovers(scope where) {
  return detail::throwing("leftovers", to_string(chosen(where)), [&](failure& why) {
    return detail::clean_scope(chosen(where), cleaning::only_count, why);
  });
}

clean_result leftovers(scope where, std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) {
    return detail::clean_scope(chosen(where), cleaning::only_count, why);
  });
}

}  // namespace isthmus
