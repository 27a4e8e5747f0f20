// SPDX-License-Identifier: MIT
//
// What a dispatcher object's state says to somebody who only looks at it.
#pragma once

#include <isthmus/inspect.hpp>

#include "posix/words/layout.hpp"

#include <cstddef>

namespace isthmus::detail {

/// Where the kernel can be asked about an object's state: the object's file, its page's place
/// there, and the block's place in that.
struct state_place {
  int fd;
  std::uint64_t page;
  std::size_t block;
};

/// Fills in the state and who waits. `block` is a copy that nobody changes; the header has been
/// checked, the block has not: whatever stands there has a meaning.
void report_state(kind of, dispatcher_block& block, const state_place& place, object_report& into);

}  // namespace isthmus::detail
