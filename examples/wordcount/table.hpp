// SPDX-License-Identifier: MIT
//
// The table that all processes of a run share: which chunks of the text are whose, and the words
// found so far. Everything in it is guarded by the run's mutex, but what `progress()` and the like
// read while others work.
//
// It survives that a process is killed in the middle of a merge. merge() first notes what it is at,
// and keeps the old count beside each new one; the chunk counts as done in the one store that
// clears the note. Whoever takes the mutex over and finds a note puts the old counts back, and the
// chunk is free to be counted again.
//
//     [ table_header ][ members ][ owner of each chunk ][ slots of the words ][ the words' bytes ]
#pragma once

#include "words.hpp"

#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace wordcount {

/// A member of the crew: the workers count from 1; the process that started them is member 0.
using member_number = std::uint32_t;

struct totals {
  std::uint64_t words;      ///< all of them
  std::uint64_t uncounted;  ///< of these, the ones that have no place in the table of words
  std::uint32_t distinct;   ///< places taken
  std::uint32_t bytes;      ///< of the words in the table
};

/// The last repair, for the report.
struct repair_note {
  std::uint32_t repairs;  ///< so far
  member_number dead;
  member_number by;
  std::uint32_t chunk;
  std::uint32_t words_undone;
};

struct table_header {
  std::uint64_t text_size;
  std::uint64_t chunk_size;
  std::uint32_t chunks;
  std::uint32_t members;
  std::uint32_t slots;  ///< a power of two
  std::uint32_t word_bytes;
  std::uint32_t chunks_done;
  std::uint32_t merges;  ///< begun so far: each has its number

  // The merge that is under way. All of it is valid if `merging` is not 0.
  std::uint32_t merging;  ///< the merge's number
  std::uint32_t chunk;
  member_number merger;
  std::uint32_t halfway;  ///< set by a worker that waits to be killed
  totals before;
  totals now;
  repair_note repair;
  std::uint32_t reserved;
};

struct member_record {
  std::uint32_t process_id;
  std::uint32_t chunks;  ///< merged by it; for the report only
};

struct word_slot {
  std::uint64_t count;
  std::uint64_t before;  ///< the count before the merge `stamp`
  std::uint32_t stamp;
  std::uint32_t hash;
  std::uint32_t start;
  std::uint32_t length;  ///< 0: free
};

// 32- and 64-bit processes see the same.
static_assert(std::is_trivially_copyable_v<table_header> && sizeof(table_header) == 128);
static_assert(std::is_trivially_copyable_v<word_slot> && sizeof(word_slot) == 32);

class table {
 public:
  /// How big a table to make.
  struct plan {
    std::uint64_t text_size;
    std::uint32_t members;
  };
  [[nodiscard]] static std::uint64_t bytes_for(const plan& of);

  /// A new table in zeroed memory; one that is there. It keeps the handle, and so the name.
  table(isthmus::section memory, const plan& of);
  explicit table(isthmus::section memory);
  /// What others make a table of.
  [[nodiscard]] const isthmus::section& memory() const noexcept { return memory_; }

  // Under the mutex:

  /// A chunk for this member to count, if any is free.
  [[nodiscard]] std::optional<std::uint32_t> take_chunk(member_number member);
  /// Hands a chunk to a member before it asks.
  void give_chunk(std::uint32_t chunk, member_number member);
  /// Adds what was found in a chunk and marks it done. `halfway` is called in the middle of it.
  void merge(const frequencies& found, std::uint32_t chunk, member_number member,
             const std::function<void()>& halfway);
  /// Undoes a merge that a dead member has left half-done.
  void repair(member_number by);
  /// Takes the chunks of a member that died back, those that it has not finished.
  void take_back(member_number dead);
  void introduce(member_number member, std::uint32_t process_id);

  // At any time:

  [[nodiscard]] std::uint32_t chunks_done() const;
  [[nodiscard]] bool complete() const { return chunks_done() == header().chunks; }
  [[nodiscard]] bool is_halfway() const;
  void set_halfway();
  [[nodiscard]] std::uint32_t repairs() const;

  // Fixed, or once nobody works any more:

  [[nodiscard]] table_header& header() const { return *header_; }
  [[nodiscard]] std::uint64_t chunk_begin(std::uint32_t chunk) const;
  [[nodiscard]] std::span<member_record> members() const { return members_; }

  struct word_count {
    std::string_view word;
    std::uint64_t count;
  };
  [[nodiscard]] std::vector<word_count> most_frequent(std::size_t how_many) const;
  /// All counts of all words, and the words that have no place.
  [[nodiscard]] std::uint64_t sum() const;

 private:
  void map_parts();
  [[nodiscard]] word_slot* find(std::string_view text, std::uint32_t hash);
  [[nodiscard]] std::string_view word(const word_slot& slot) const;

  isthmus::section memory_;
  isthmus::view view_;
  table_header* header_ = nullptr;
  std::span<member_record> members_;
  std::span<std::uint32_t> owners_;  ///< of each chunk: see table.cpp
  std::span<word_slot> slots_;
  std::span<char> bytes_;
};

}  // namespace wordcount
