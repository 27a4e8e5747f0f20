// SPDX-License-Identifier: MIT
//
// The short way to lock and unlock: one compare-and-swap each, with no system call. The transitions
// are listed in mutex.cpp; these are its two shortest.
#pragma once

#include "identity.hpp"
#include "layout.hpp"

namespace isthmus::detail {

/// free → ours. False: it is not free, or this thread has no token yet.
inline bool fast_lock(void* word) noexcept {
  auto* const state = static_cast<dispatcher_state*>(word);
  if (state == nullptr) return false;
  const std::uint64_t token = current_token();
  std::uint64_t free = 0;
  // Release as well: whoever reads our token must find our slot as we have prepared it.
  return token != 0 && state->word.compare_exchange_strong(free, token, std::memory_order_acq_rel,
                                                           std::memory_order_relaxed);
}

/// ours, once, nobody waiting → free.
inline bool fast_unlock(void* word) noexcept {
  auto* const state = static_cast<dispatcher_state*>(word);
  if (state == nullptr || state->depth.load(std::memory_order_relaxed) != 0) return false;
  std::uint64_t token = current_token();
  return token != 0 && state->word.compare_exchange_strong(token, 0, std::memory_order_release,
                                                           std::memory_order_relaxed);
}

}  // namespace isthmus::detail
