// SPDX-License-Identifier: MIT
#include "clean.hpp"

#include "failure.hpp"
#include "name.hpp"

namespace isthmus {

using detail::cleaning;
using detail::failure;
using detail::without_prefix;

clean_result clean(scope where) {
  return detail::throwing("clean", to_string(without_prefix(where)), [&](failure& why) {
    return detail::clean_scope(without_prefix(where), cleaning::remove, why);
  });
}

clean_result clean(scope where, std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) {
    return detail::clean_scope(without_prefix(where), cleaning::remove, why);
  });
}

clean_result leftovers(scope where) {
  return detail::throwing("leftovers", to_string(without_prefix(where)), [&](failure& why) {
    return detail::clean_scope(without_prefix(where), cleaning::only_count, why);
  });
}

clean_result leftovers(scope where, std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) {
    return detail::clean_scope(without_prefix(where), cleaning::only_count, why);
  });
}

}  // namespace isthmus
