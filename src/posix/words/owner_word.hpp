// SPDX-License-Identifier: MIT
//
// Words that say who owns something. Half of such a word is laid out as Linux wants a robust futex,
// so that the kernel itself can mark the owner's death there; the other half is ours:
//
//     the half that comes first in memory            the other half
//     bit  31     W  somebody may be asleep          bit  31     M  a mark of the word's own
//     bit  30     D  the owner has died              bits 0–30   nonce of the owner's process
//     bits 0–29   thread number of the owner
//
// Of a thread that ends the kernel sets D and clears the thread number in every word that it owns;
// W and the other half stay. So a word with D is itself the news that its owner has died, and the
// nonce tells which process that was.
//
// Thread numbers of Linux end at 2^22. Those from first_recorded on are none: they are the serials
// of threads whose lives are told by records (record.hpp), where the kernel cannot do it.
#pragma once

#include <bit>
#include <cstdint>

namespace isthmus::detail::owner_word {

inline constexpr unsigned kernel_half = std::endian::native == std::endian::big ? 32 : 0;
inline constexpr unsigned own_half = 32 - kernel_half;

inline constexpr std::uint64_t waiters = std::uint64_t{0x80000000} << kernel_half;
inline constexpr std::uint64_t died = std::uint64_t{0x40000000} << kernel_half;
inline constexpr std::uint64_t mark = std::uint64_t{0x80000000} << own_half;

inline constexpr std::uint32_t most_threads = 0x3FFFFFFF;
inline constexpr std::uint32_t most_nonce = 0x7FFFFFFF;
inline constexpr std::uint32_t first_recorded = 0x00800000;

constexpr std::uint64_t make(std::uint32_t nonce, std::uint32_t thread) noexcept {
  return std::uint64_t{nonce & most_nonce} << own_half | std::uint64_t{thread & most_threads}
                                                             << kernel_half;
}
constexpr std::uint32_t nonce(std::uint64_t word) noexcept {
  return static_cast<std::uint32_t>(word >> own_half) & most_nonce;
}
constexpr std::uint32_t thread(std::uint64_t word) noexcept {
  return static_cast<std::uint32_t>(word >> kernel_half) & most_threads;
}

/// The owner, dead or alive, without W and M. 0: nobody.
constexpr std::uint64_t owner(std::uint64_t word) noexcept { return word & ~(waiters | mark); }
constexpr bool is_dead(std::uint64_t word) noexcept { return (word & died) != 0; }
/// What the kernel makes of it at the owner's death.
constexpr std::uint64_t buried(std::uint64_t word) noexcept {
  return (word & ~make(0, most_threads)) | died;
}
/// Whether a record tells of the owner's life.
constexpr bool is_recorded(std::uint64_t word) noexcept { return thread(word) >= first_recorded; }

/// What a sleeper compares: the kernel's half.
constexpr std::uint32_t futex_value(std::uint64_t word) noexcept {
  return static_cast<std::uint32_t>(word >> kernel_half);
}

static_assert(owner(make(7, 9) | waiters | mark) == make(7, 9));
static_assert(nonce(buried(make(7, 9) | waiters)) == 7 && is_dead(buried(make(7, 9))) &&
              thread(buried(make(7, 9))) == 0);

}  // namespace isthmus::detail::owner_word
