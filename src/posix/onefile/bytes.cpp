// SPDX-License-Identifier: MIT
#include "bytes.hpp"

#include "fill.hpp"

#include <sys/stat.h>

namespace isthmus::detail {

bool fill_named(int anchor, const blueprint& plan, std::string_view name, std::string_view where,
                descriptor&, failure& why) {
  return fill(anchor, plan, name, where, why);
}

bytes_state open_bytes(body&, failure&) { return bytes_state::here; }

bool are_bytes_of(int, const object_facts&) noexcept { return false; }

void remove_bytes(int) noexcept {}

std::uint64_t memory_of(int anchor) noexcept {
  struct stat info {};
  return ::fstat(anchor, &info) == 0 ? static_cast<std::uint64_t>(info.st_blocks) * 512 : 0;
}

}  // namespace isthmus::detail
