// SPDX-License-Identifier: MIT
#include "posix/objects/bytes.hpp"

#include "posix/objects/fill.hpp"

namespace isthmus::detail {

bool fill_named(int anchor, const blueprint& plan, std::string_view name, std::string_view where,
                descriptor&, failure& why) {
  return fill(anchor, plan, name, where, why);
}

bytes_state open_bytes(body&, failure&) { return bytes_state::here; }

bool are_bytes_of(int, const object_facts&) noexcept { return false; }

}  // namespace isthmus::detail
