// SPDX-License-Identifier: MIT
#pragma once

namespace isthmus::detail {

/// A page of zeroes that is zeroed again in every child, however it was forked; nullptr where the
/// system cannot do that.
void* make_wiped_page() noexcept;

}  // namespace isthmus::detail
