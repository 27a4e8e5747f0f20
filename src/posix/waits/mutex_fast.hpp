// SPDX-License-Identifier: MIT
//
// The short way to lock and unlock: one compare-and-swap each, with no system call. The transitions
// are listed in mutex_word.hpp; these are its two shortest.
#pragma once

#include "posix/owners/holding.hpp"
#include "posix/owners/identity.hpp"
#include "posix/words/layout.hpp"

namespace isthmus::detail {

/// free → ours, or ours once more. `word` is the mutex's line. False: it takes the long way.
inline bool fast_lock(void* word) noexcept {
  auto* const line = static_cast<owner_line*>(word);
  owning_thread* const self = line != nullptr ? usual_thread() : nullptr;
  return self != nullptr && holding::take_free(*line, *self);
}

/// ours once less, or free, if nobody waits.
inline bool fast_unlock(void* word) noexcept {
  auto* const line = static_cast<owner_line*>(word);
  owning_thread* const self = line != nullptr ? usual_thread() : nullptr;
  return self != nullptr && holding::release_unwaited(*line, *self);
}

}  // namespace isthmus::detail
