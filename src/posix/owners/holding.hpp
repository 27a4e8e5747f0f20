// SPDX-License-Identifier: MIT
//
// The steps by which a thread comes to own a mutex and ceases to: each changes the shared word and
// this thread's list of what it owns. If the thread dies between the two, `pending` in its list's
// head leads the kernel to the word.
//
//     take       claim the node; pending = node; word: free or dead → me; link the node;
//                pending = nullptr
//     release    pending = node; unlink it; word: me → free; wake; pending = nullptr
//
// By the door (door.hpp) it is in the list throughout instead: linked before the first step, and
// unlinked after the last.
//
// While `pending` is set, the word is ours or was free when we looked: set at a word that another
// thread owns, it could name a thread of the same number in another container.
#pragma once

#include "posix/owners/owner_page.hpp"
#include "posix/owners/self.hpp"
#include "posix/words/layout.hpp"

#include <cstdint>

namespace isthmus::detail {

/// Notes for others who the owner is. Only the owner may.
void note_owner(owner_line& line, const owning_thread& self) noexcept;

namespace holding {

enum class taking {
  taken,
  changed,  ///< the word has, look again
  held_up   ///< a thread of this process is still at its node
};

/// From `seen`, which is free or dead, to `mine`: this thread's token with marks. A token of a
/// record needs no list.
taking take(owner_line& line, std::uint64_t& seen, std::uint64_t mine) noexcept;

/// This thread, known as `me`, owns the mutex once: the word keeps the marks `kept` and nobody owns
/// it any more. The word before the step. The kernel still looks there, and wakes a sleeper if we
/// die before we could: until released().
std::uint64_t release(owner_line& line, const std::array<std::uint64_t, 2>& identity,
                      std::uint64_t me, std::uint64_t kept) noexcept;
void released(std::uint64_t me) noexcept;

/// Whether this thread owns the mutex, through this very page.
bool is_own(owner_line& line) noexcept;
/// The mutex is this thread's, and is no more for anybody: it does not own it any longer.
void forget(owner_line& line) noexcept;

/// The parts of take(): what has to be done before the step on the word, and that being undone.
/// `seen`: what the word was, or is now where it is `changed`.
taking approach(owner_line& line, std::uint64_t me, std::uint64_t& seen) noexcept;
void withdraw(owner_line& line, std::uint64_t me) noexcept;
/// The step. `reserved`: by this thread, so nobody else can take it.
taking take_approached(owner_line& line, std::uint64_t& seen, std::uint64_t mine,
                       bool reserved) noexcept;

/// Goes back from `mine` to `before`, whoever has begun to sleep there meanwhile.
void go_back(std::atomic<std::uint64_t>& word, std::uint64_t mine, std::uint64_t before) noexcept;

/// And parts of these, for other words of the same kind. Says from which space of process numbers
/// this process comes, before it first comes to the object; whether there are several; claims the
/// nodes while the word stays as it was seen, and waits a moment for another thread of ours that is
/// just coming or going.
void come(owner_line& line, own_part& part) noexcept;
bool several_spaces(const owner_line& line) noexcept;
taking claim_nodes(const std::atomic<std::uint64_t>& word, own_part& part, std::uint64_t& seen,
                   bool short_ways) noexcept;

/// Whether so many mutexes more would be more than the kernel is sure to look at.
bool owns_too_many(std::uint64_t me, std::size_t more) noexcept;

/// How often a mutex can be locked beyond the first time (MTX-14).
inline constexpr std::uint32_t deepest = 0x7FFFFFFF;

/// Once more what this thread owns; false: it does not, or cannot.
inline bool take_again(owner_line& line, const owning_thread& self, std::uint64_t seen) noexcept {
  const std::uint32_t depth = line.depth.load(std::memory_order_relaxed);
  if (owner_word::owner(seen) != self.token || depth >= deepest) return false;
  line.depth.store(depth + 1, std::memory_order_relaxed);
  return true;
}

/// The short way of `take`, of a free word or of our own; false: it takes the long one. Not for
/// words that other users may write: two threads of ours might both think that they have taken it.
inline bool take_free(owner_line& line, owning_thread& self) noexcept {
  const std::uint64_t seen = line.word.load(std::memory_order_relaxed);
  if (seen != 0) return take_again(line, self, seen);
  if (self.owned >= most_owned) return false;
  own_part& part = part_behind(line);
  if (part.owner.load(std::memory_order_relaxed) != 0 ||
      part.came_as.load(std::memory_order_relaxed) != owner_word::nonce(self.token) ||
      line.several_spaces.load(std::memory_order_relaxed) != 0)
    return false;
  std::byte* const node = node_behind(line, usual_shape);
  robust_head& list = *self.list;
  robust::announce(list, node);
  std::uint64_t free = 0;
  if (!line.word.compare_exchange_strong(free, self.token, std::memory_order_acquire,
                                         std::memory_order_relaxed)) {
    robust::announce_done(list);
    return false;
  }
  robust::link(list, usual_shape, node);
  part.start.store(self.start, std::memory_order_relaxed);
  part.owner.store(self.token, std::memory_order_release);
  robust::announce_done(list);
  ++self.owned;
  if (line.noted.load(std::memory_order_relaxed) != self.token) [[unlikely]]
    note_owner(line, self);
  return true;
}

/// The short way of `release`: nobody waiting. False: nothing has been done.
inline bool release_unwaited(owner_line& line, owning_thread& self) noexcept {
  const std::uint64_t seen = line.word.load(std::memory_order_relaxed);
  const std::uint32_t depth = line.depth.load(std::memory_order_relaxed);
  if (depth != 0) {
    if (owner_word::owner(seen) != self.token) return false;
    line.depth.store(depth - 1, std::memory_order_relaxed);
    return true;
  }
  own_part& part = part_behind(line);
  if (seen != self.token || part.owner.load(std::memory_order_relaxed) != self.token ||
      part.by_door.load(std::memory_order_relaxed))
    return false;
  std::byte* const node = node_behind(line, usual_shape);
  robust_head& list = *self.list;
  robust::announce(list, node);
  robust::unlink(list, usual_shape, node);
  part.owner.store(0, std::memory_order_relaxed);
  --self.owned;
  std::uint64_t token = self.token;
  if (line.word.compare_exchange_strong(token, 0, std::memory_order_release,
                                        std::memory_order_relaxed)) [[likely]] {
    robust::announce_done(list);
    return true;
  }
  if (owner_word::owner(token) == self.token) {  // somebody waits: linked again, for the long way
    robust::link(list, usual_shape, node);
    part.owner.store(self.token, std::memory_order_relaxed);
    ++self.owned;
  }
  robust::announce_done(list);
  return false;
}

}  // namespace holding
}  // namespace isthmus::detail
