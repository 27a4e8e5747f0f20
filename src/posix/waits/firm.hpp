// SPDX-License-Identifier: MIT
//
// Firm registrations: those of signal_and_wait. Its first object's signal lets others go on, and
// one of them may be the one that signals the second object and then waits for it as well. What it
// gives is for the waiter that had come before, however long that takes to claim it: it may have
// lost the processor, or be stopped. So a take-back must not void its registration (counted.hpp).
//
// The word counts registrations and does not say whose they are. This says it for the firm ones, a
// process at a time, so those of a dead process can be told from a slow one's:
//
//     bits 32–62  nonce of the process      bits 0–31  its firm registrations here
//     bit  63     noted: `firm_notes` says as whom the kernel knows the process; else its record
//                 tells of its life
//
//     step    from           to             by whom
//     hold    0, or a dead   me, 1          a waiter, before it enters
//             process's
//     hold    me, n          me, n+1        the same
//     drop    me, n          me, n-1, or 0  the waiter, after it has claimed or left
//     forget  a dead         0              whoever finds grants that nobody claims
//             process's
//
// A process of another namespace of process numbers cannot be asked after. For its waiters a grant
// is kept for a second.
//
// So a place never says less than the word has of that process, and at a death no more than what
// goes at the next take-back. A waiter that finds no place registers as everybody else does.
#pragma once

#include "posix/words/layout.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace isthmus::detail {

/// One thread's part in its process's place.
class firm_place {
 public:
  /// `user`: among whose processes the object is used. `me`: the thread's token, as the holder of
  /// guards; 0 for one that could not enrol, which gets no place.
  void hold(dispatcher_block& block, std::uint32_t user, std::uint64_t me) noexcept;
  void drop() noexcept;
  explicit operator bool() const noexcept { return place_ != nullptr; }

 private:
  bool join(dispatcher_block& block, std::size_t which) noexcept;
  [[nodiscard]] bool is_ours(std::uint64_t place) const noexcept;

  std::atomic<std::uint64_t>* place_ = nullptr;
  std::uint64_t ours_ = 0;  // the upper half of its place
};

/// How many there are, as far as one can know without a system call: a dead process's count.
/// Async-signal-safe.
std::uint32_t firm_registrations(const dispatcher_block& block) noexcept;
/// Forgets those of processes that have died. Whether there were any. `stale`: a grant has not been
/// claimed for longer than that takes.
bool forget_dead(dispatcher_block& block, std::uint32_t user, bool stale) noexcept;

/// The block that a state is in: it is the first there.
inline dispatcher_block& block_with(dispatcher_state& state) noexcept {
  static_assert(std::is_standard_layout_v<dispatcher_block> &&
                offsetof(dispatcher_block, state) == 0);
  return *static_cast<dispatcher_block*>(static_cast<void*>(&state));
}

}  // namespace isthmus::detail
