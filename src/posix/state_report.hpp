// SPDX-License-Identifier: MIT
//
// What a dispatcher object's state says to somebody who only looks at it.
#pragma once

#include <isthmus/inspect.hpp>

#include "layout.hpp"

namespace isthmus::detail {

/// Fills in the state and who waits. `block` is a copy that nobody changes; the header has been
/// checked, the block has not: whatever stands there has a meaning.
void report_state(kind of, dispatcher_block& block, object_report& into);

}  // namespace isthmus::detail
