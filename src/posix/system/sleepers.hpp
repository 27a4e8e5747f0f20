// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

namespace isthmus::detail {

/// The engine's part in looking at waiters: how many threads of all processes sleep on a word at
/// this moment. Absent where the system does not tell. Nobody is woken, and this process does not
/// touch the word, so it may lie in a mapping that somebody else cuts short.
std::optional<std::uint32_t> sleepers_on(const std::atomic<std::uint32_t>& word) noexcept;

}  // namespace isthmus::detail
