// SPDX-License-Identifier: MIT
//
// The engine's part in learning that a thread has died. One file per system:
//
//   linux      the slot holds a robust mutex, locked as long as the thread lives: at its end, of
//              whatever kind, the kernel marks the futex word and wakes a sleeper. Where there are
//              no lists of such mutexes (some sandboxes and emulators), as below
//   portable   a thread's end runs a hook that marks the slot; a process's end drops the record's
//              lock; whoever waits has to look
//
// Processes of both kinds meet on the same objects: a record says which kind it is.
#pragma once

#include "layout.hpp"

#include <atomic>
#include <cstdint>
#include <optional>

namespace isthmus::detail {

/// Where in a slot's storage the kernel marks a death; absent where it does not.
std::optional<std::uint32_t> robust_word();

/// Makes a slot this thread's: from now on its death shows, by the kernel's mark or without it, as
/// the slot's record says. 0 or an error number.
int arm_slot(thread_slot& slot, bool robust) noexcept;

/// The thread's slot belongs to a parent process: its end here must not show there.
void disarm_slot() noexcept;

}  // namespace isthmus::detail
