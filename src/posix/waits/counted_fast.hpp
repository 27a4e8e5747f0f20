// SPDX-License-Identifier: MIT
//
// The short ways of semaphores and events: one compare-and-swap each (a manual event's wait needs
// none), with no system call. The transitions are listed in counted.hpp and latch.hpp; these are
// the shortest of them, and false says that it takes a longer one. `word` is dispatcher_word(), so
// the right to wait has been checked. Of a mutex it is an owner_line instead, whose place of
// `short_way` has a number that is none.
#pragma once

#include "dispatcher.hpp"
#include "posix/waits/give.hpp"
#include "posix/words/counted.hpp"
#include "posix/words/latch.hpp"

namespace isthmus::detail {

/// What one look at an object tells a wait.
enum class glance { ready, empty, unclear };

namespace parts {

inline glance glance_at(std::uint64_t word, const counted::rules& of) noexcept {
  if (counted::empty(word, of)) [[likely]]
    return glance::empty;
  return counted::takeable(word, of) ? glance::ready : glance::unclear;
}

/// takeable → one permit less. It may fail because others come and go: no loop, that is rare.
inline bool take_from(dispatcher_state& state, const counted::rules& of) noexcept {
  std::uint64_t seen = state.word.load(std::memory_order_relaxed);
  return counted::takeable(seen, of) &&
         state.word.compare_exchange_strong(seen, counted::take(seen, false),
                                            std::memory_order_acquire, std::memory_order_relaxed);
}

/// Nobody waits → so many permits. The step is ordered before the look for those who wait for all
/// (give_by).
inline bool give_to(dispatcher_state& state, std::uint64_t seen, std::uint64_t next) noexcept {
  return counted::unwaited(seen) &&
         state.word.compare_exchange_strong(seen, next, std::memory_order_seq_cst,
                                            std::memory_order_relaxed);
}

/// Calls them. What the giver returns passes through, so that it need not keep that meanwhile.
[[gnu::noinline, gnu::cold]] inline std::int32_t call_all_before(dispatcher_state& state,
                                                                 std::int32_t result) noexcept {
  call_all(state, true);
  return result;
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
  if (count <= 0 || permits + static_cast<std::uint32_t>(count) > state.maximum ||
      !parts::give_to(state, seen, seen + static_cast<std::uint32_t>(count) * counted::one_permit))
    return false;
  if (calls_pending(state)) [[unlikely]]
    before = parts::call_all_before(state, before);
  return true;
}

/// A manual event's has another form.
inline bool fast_set(const dispatcher* handle, void* word) noexcept {
  if (word == nullptr || !includes(handle->info.access, access::modify)) return false;
  auto& state = *static_cast<dispatcher_state*>(word);
  const std::uint64_t seen = state.word.load(std::memory_order_relaxed);
  if (state.mode != 0 || (seen & counted::guard) != 0 ||
      !parts::give_to(state, seen, seen | counted::one_permit))
    return false;
  if (calls_pending(state)) [[unlikely]]
    call_all(state, true);
  return true;
}

/// Of semaphores and events. Of other kinds it tells nothing.
inline glance fast_glance(const void* word) noexcept {
  if (word == nullptr) return glance::unclear;
  const auto& state = *static_cast<const dispatcher_state*>(word);
  const std::uint64_t seen = state.word.load(std::memory_order_acquire);
  if (state.short_way == short_way::automatic_event)
    return parts::glance_at(seen, counted::for_event);
  if (state.short_way == short_way::semaphore)
    return parts::glance_at(seen, counted::for_semaphore(0));
  if (state.short_way != short_way::manual_event) return glance::unclear;
  return (seen & latch::is_set) != 0 ? glance::ready : glance::empty;
}

/// The same kinds.
inline bool fast_wait(void* word) noexcept {
  if (word == nullptr) return false;
  auto& state = *static_cast<dispatcher_state*>(word);
  if (state.short_way == short_way::automatic_event)
    return parts::take_from(state, counted::for_event);
  if (state.short_way == short_way::semaphore) return fast_acquire(word);
  if (state.short_way != short_way::manual_event) return false;
  return (state.word.load() & latch::is_set) != 0;
}

}  // namespace isthmus::detail
