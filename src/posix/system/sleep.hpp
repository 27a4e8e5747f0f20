// SPDX-License-Identifier: MIT
//
// The engine's part in sleeping until a word changes. One file per system; macOS and FreeBSD are
// written by their manuals and have not been run.
#pragma once

#include "pause.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace isthmus::detail {

/// A word, and the value with which there is reason to sleep.
struct watched_word {
  const std::atomic<std::uint32_t>* word;
  std::uint32_t value;
};

/// The most words that one thread sleeps on: two for each object of the largest wait.
inline constexpr std::size_t most_words = 128;

inline bool changed(std::span<const watched_word> words) noexcept {
  return std::any_of(words.begin(), words.end(), [](const watched_word& one) {
    return one.word->load(std::memory_order_acquire) != one.value;
  });
}

/// Sleeps until one of the words has another value, or somebody wakes on one, or the deadline has
/// come. May return early for no reason: look again.
void sleep_on(std::span<const watched_word> words,
              std::chrono::steady_clock::time_point deadline) noexcept;

/// A short part of such a sleep where the system refuses the call for it, lest who waits spin.
inline void pause_on(std::span<const watched_word> words,
                     std::chrono::steady_clock::time_point deadline) noexcept {
  const std::chrono::nanoseconds left = deadline - std::chrono::steady_clock::now();
  if (left > left.zero() && !changed(words))
    pause_for(std::min<std::chrono::nanoseconds>(left, std::chrono::milliseconds(1)));
}

/// Wakes up to `most` sleepers, of any process; how many. Sleepers of the portable engine find out
/// by themselves. Async-signal-safe.
std::uint32_t wake(const std::atomic<std::uint32_t>& word, std::uint32_t most) noexcept;
inline void wake_one(const std::atomic<std::uint32_t>& word) noexcept { wake(word, 1); }
inline void wake_all(const std::atomic<std::uint32_t>& word) noexcept { wake(word, 0x7FFFFFFF); }

/// Whether this build belongs to the portable engine, which neither wakes others nor is woken.
extern const bool portable_engine;

/// The longest sleep without a look around. Long where a wake can only be lost when somebody is
/// killed in the microseconds between being woken and taking what woke him.
extern const std::chrono::nanoseconds longest_sleep;
/// The same among processes of the portable engine, which do not wake anybody.
inline constexpr std::chrono::milliseconds shortest_sleep{2};

}  // namespace isthmus::detail
