// SPDX-License-Identifier: MIT
//
// The short ways of semaphores and events: one compare-and-swap each (a manual event's wait needs
// none), with no system call. The transitions are listed in counted.hpp and latch.hpp; these are
// the shortest of them, and false says that it takes a longer one. `word` is dispatcher_word(), so
// the right to wait has been checked.
#pragma once

#include "counted.hpp"
#include "dispatcher.hpp"
#include "give.hpp"
#include "latch.hpp"

namespace isthmus::detail {

/// What one look at an object tells a wait.
enum class glance { ready, empty, unclear };

namespace parts {

inline glance glance_at(std::uint64_t word, const counted::rules& of) noexcept {
  if (counted::takeable(word, of)) return glance::ready;
  // Reserved or promised: that may still come to nothing.
  return (word & counted::guard) != 0 || counted::granted(word) != 0 ? glance::unclear
                                                                     : glance::empty;
}

/// takeable → one permit less. It may fail because others come and go: no loop, that is rare.
inline bool take_from(dispatcher_state& state, const counted::rules& of) noexcept {
  std::uint64_t seen = state.word.load(std::memory_order_relaxed);
  return counted::takeable(seen, of) &&
         state.word.compare_exchange_strong(seen, counted::take(seen, false),
                                            std::memory_order_acquire, std::memory_order_relaxed);
}

/// Nobody goes without a promise → so many permits. Then those are called that wait for all; the
/// step is ordered before the look for them (give_by).
inline bool give_to(dispatcher_state& state, std::uint64_t seen, std::uint64_t next) noexcept {
  if (counted::waiting(seen) != counted::granted(seen) ||
      !state.word.compare_exchange_strong(seen, next, std::memory_order_seq_cst,
                                          std::memory_order_relaxed))
    return false;
  if (calls_pending(state)) [[unlikely]]
    call_all(state, true);
  return true;
}

}  // namespace parts

inline bool fast_acquire(void* word) noexcept {
  // The maximum is for those who give.
  return word != nullptr &&
         parts::take_from(*static_cast<dispatcher_state*>(word), counted::for_semaphore(0));
}

inline bool fast_release(const dispatcher* handle, void* word, std::int32_t count,
                         std::int32_t& before) noexcept {
  if (word == nullptr || !includes(handle->info.access, access::modify)) return false;
  auto& state = *static_cast<dispatcher_state*>(word);
  const std::uint64_t seen = state.word.load(std::memory_order_relaxed);
  const std::uint64_t permits = seen / counted::one_permit;
  before = static_cast<std::int32_t>(permits);
  return count > 0 && permits + static_cast<std::uint32_t>(count) <= state.maximum &&
         parts::give_to(state, seen,
                        seen + static_cast<std::uint32_t>(count) * counted::one_permit);
}

/// A manual event's has another form.
inline bool fast_set(const dispatcher* handle, void* word) noexcept {
  if (word == nullptr || !includes(handle->info.access, access::modify)) return false;
  auto& state = *static_cast<dispatcher_state*>(word);
  const std::uint64_t seen = state.word.load(std::memory_order_relaxed);
  return state.mode == 0 && (seen & counted::guard) == 0 &&
         parts::give_to(state, seen, seen | counted::one_permit);
}

/// Of semaphores and events. Of other kinds it tells nothing.
inline glance fast_glance(const dispatcher* handle, const void* word) noexcept {
  if (word == nullptr) return glance::unclear;
  const auto& state = *static_cast<const dispatcher_state*>(word);
  const std::uint64_t seen = state.word.load(std::memory_order_acquire);
  if (handle->kind == kind::semaphore) return parts::glance_at(seen, counted::for_semaphore(0));
  if (handle->kind != kind::event) return glance::unclear;
  if (state.mode == 0) return parts::glance_at(seen, counted::for_event);
  return (seen & latch::is_set) != 0 ? glance::ready : glance::empty;
}

/// The same kinds.
inline bool fast_wait(const dispatcher* handle, void* word) noexcept {
  if (word == nullptr) return false;
  if (handle->kind == kind::semaphore) return fast_acquire(word);
  if (handle->kind != kind::event) return false;
  auto& state = *static_cast<dispatcher_state*>(word);
  if (state.mode == 0) return parts::take_from(state, counted::for_event);
  return (state.word.load() & latch::is_set) != 0;
}

}  // namespace isthmus::detail
