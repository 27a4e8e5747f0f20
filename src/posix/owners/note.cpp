// SPDX-License-Identifier: MIT
//
// The owner's note: a sequence lock like that of last_owner.cpp.
#include "posix/owners/witness.hpp"

#include <cstring>

namespace isthmus::detail {

void write_note(owner_note& note, const noted_owner& owner) noexcept {
  const std::uint32_t sequence = note.sequence.load(std::memory_order_relaxed) | 1;
  note.sequence.store(sequence, std::memory_order_relaxed);
  // The threads of one process come one after the other; its name is there already.
  if (owner_word::nonce(note.owner.load(std::memory_order_relaxed)) !=
          owner_word::nonce(owner.owner) ||
      note.process_id.load(std::memory_order_relaxed) != owner.process_id) {
    std::array<std::uint64_t, 8> words{};
    std::memcpy(words.data(), owner.program.data(), sizeof words);
    note.process_id.store(owner.process_id, std::memory_order_release);
    note.space.store(owner.space, std::memory_order_release);
    for (std::size_t i = 0; i < words.size(); ++i)
      note.program[i].store(words[i], std::memory_order_release);
  }
  note.owner.store(owner.owner, std::memory_order_release);
  note.start.store(owner.start, std::memory_order_release);
  note.sequence.store(sequence + 1, std::memory_order_release);
}

noted_owner read_note(const owner_note& note) noexcept {
  for (int tries = 0; tries < 8; ++tries) {
    const std::uint32_t before = note.sequence.load(std::memory_order_acquire);
    noted_owner copy;
    copy.process_id = note.process_id.load(std::memory_order_acquire);
    copy.owner = note.owner.load(std::memory_order_acquire);
    copy.start = note.start.load(std::memory_order_acquire);
    copy.space = note.space.load(std::memory_order_acquire);
    std::array<std::uint64_t, 8> words{};
    for (std::size_t i = 0; i < words.size(); ++i)
      words[i] = note.program[i].load(std::memory_order_acquire);
    std::memcpy(copy.program.data(), words.data(), sizeof words);
    if (before != 0 && before % 2 == 0 && note.sequence.load(std::memory_order_relaxed) == before)
      return copy;
  }
  return {};
}

}  // namespace isthmus::detail
