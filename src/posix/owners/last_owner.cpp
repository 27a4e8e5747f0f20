// SPDX-License-Identifier: MIT
//
// A sequence lock: odd while a writer is at work, another even number afterwards. A writer that
// died in the middle leaves an odd one, and the next writer carries on from there. Each piece is
// released and acquired: who reads a new piece also sees the odd number that came before it.
#include "posix/owners/last_owner.hpp"

#include "posix/names/death_notice.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <thread>

namespace isthmus::detail {

death_notice latest_death;

void write_last_owner(last_owner_record& into, const owner_name& dead) noexcept {
  using namespace std::chrono;
  latest_death.learned();
  std::array<std::uint64_t, 8> words{};
  std::memcpy(words.data(), dead.program.data(), std::min(dead.program.size(), sizeof words - 1));
  const std::uint32_t sequence = into.sequence.load(std::memory_order_relaxed) | 1;
  into.sequence.store(sequence, std::memory_order_relaxed);
  into.process_id.store(dead.process_id, std::memory_order_release);
  const auto now = duration_cast<nanoseconds>(system_clock::now().time_since_epoch());
  into.noticed.store(static_cast<std::uint64_t>(now.count()), std::memory_order_release);
  for (std::size_t i = 0; i < words.size(); ++i)
    into.program[i].store(words[i], std::memory_order_release);
  into.sequence.store(sequence + 1, std::memory_order_release);
}

std::optional<last_owner_info> read_last_owner(const last_owner_record& from) {
  using namespace std::chrono;
  for (int tries = 0; tries < 100; ++tries) {
    const std::uint32_t before = from.sequence.load(std::memory_order_acquire);
    if (before == 0) return std::nullopt;
    std::array<std::uint64_t, 8> words{};
    const std::uint32_t process_id = from.process_id.load(std::memory_order_acquire);
    const nanoseconds noticed{from.noticed.load(std::memory_order_acquire)};
    for (std::size_t i = 0; i < words.size(); ++i)
      words[i] = from.program[i].load(std::memory_order_acquire);
    if (before % 2 == 0 && from.sequence.load(std::memory_order_relaxed) == before) {
      if (process_id == 0) return std::nullopt;
      std::array<char, sizeof words + 1> text{};
      std::memcpy(text.data(), words.data(), sizeof words);
      return last_owner_info{
          process_id, text.data(),
          system_clock::time_point(duration_cast<system_clock::duration>(noticed))};
    }
    std::this_thread::yield();
  }
  return std::nullopt;
}

}  // namespace isthmus::detail
