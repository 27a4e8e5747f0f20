// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>

namespace isthmus::detail {

/// The low half of a state word, which is what threads sleep on.
inline std::atomic<std::uint32_t>& low_half(std::atomic<std::uint64_t>& word) noexcept {
  auto* const halves = std::bit_cast<std::atomic<std::uint32_t>*>(&word);
  return halves[std::endian::native == std::endian::big ? 1 : 0];
}

/// The half of an owner's word (words/owner_word.hpp) that the kernel knows: the first in memory.
inline std::atomic<std::uint32_t>& futex_half(std::atomic<std::uint64_t>& word) noexcept {
  return *std::bit_cast<std::atomic<std::uint32_t>*>(&word);
}

}  // namespace isthmus::detail
