// SPDX-License-Identifier: MIT
//
// What ThreadSanitizer is told of objects; see system/tsan.hpp.
#pragma once

#include "posix/system/tsan.hpp"
#include "posix/waits/open_dispatcher.hpp"

namespace isthmus::detail::tsan {

/// What this thread has done so far comes before what those do who take the object afterwards.
inline void gives(const dispatcher& object) noexcept {
  if (watches()) [[unlikely]]
    release(&state_of(object));
}

/// The other side.
inline void has_taken(const dispatcher& object) noexcept {
  if (watches()) [[unlikely]]
    acquire(&state_of(object));
}

}  // namespace isthmus::detail::tsan
