// SPDX-License-Identifier: MIT
//
// What a fork means to us. The child has copies of all descriptors and mappings and holds every
// object; but descriptions are shared with the parent now, and the child's thread is another
// thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace isthmus::detail {

/// Held (shared) by whatever must not be cut in half by another thread's fork: a protocol on a
/// name, a change of our tables. A fork waits for all of these. One thread may have several.
/// Nor can the thread be cancelled meanwhile.
class [[nodiscard]] hold_off_fork {
 public:
  hold_off_fork();
  ~hold_off_fork();
  hold_off_fork(const hold_off_fork&) = delete;
  hold_off_fork& operator=(const hold_off_fork&) = delete;

 private:
  int cancellable_ = 0;  // as it was, for the outermost
};

/// A number that changes whenever this process forks, and is another in the child. A description
/// made under another number may be shared.
std::uint64_t fork_generation() noexcept;

/// A mask: all ones in the process that set it, zero in a child that no handler of ours has seen (a
/// raw clone), because the kernel wipes the page there.
using process_mask = std::atomic<std::intptr_t>;
/// This process's. Never nullptr. Where pages cannot be wiped it is always zero, and same_process()
/// has to be asked.
const process_mask* same_process_mask() noexcept;

/// Whether no fork has come that fork_generation() has not noticed yet. Costs a system call where
/// pages cannot be wiped.
bool same_process() noexcept;

/// Called in a child once, before anything else of ours: identity.cpp forgets the parent's.
void forget_parent() noexcept;

}  // namespace isthmus::detail
