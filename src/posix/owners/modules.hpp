// SPDX-License-Identifier: MIT
//
// The library may be linked into several modules of one process. A thread has one identity all the
// same: one copy leads, and the others ask it.
#pragma once

#include "posix/words/layout.hpp"

#include <atomic>
#include <cstdint>

namespace isthmus::detail {

/// What a copy of the library offers to the others. Its layout may only grow at its end.
struct module_identity {
  std::uint32_t version = layout_version;
  std::atomic<std::uint32_t> leads = 0;
  /// A slot for the calling thread, as who the process is now: its token, or 0 and an error number
  /// (the library's own below zero).
  std::uint64_t (*take_slot)(int* error) noexcept = nullptr;
  /// The record of this nonce if it is this process's.
  record_header* (*made_here)(std::uint32_t nonce) noexcept = nullptr;
  /// Shares this process's records, those to come as well (users.hpp): 0 or an error number.
  int (*share_records)() noexcept = nullptr;
  /// What tells this process from all others; see owners/self.hpp.
  std::uint32_t (*nonce)() noexcept = nullptr;
};

/// This copy's own.
module_identity& this_module() noexcept;

/// The one that leads; chosen at first use and then for ever.
module_identity& leader() noexcept;

/// The system's part: the copy that leads already, or else the one with the lowest address. It
/// stays loaded from then on.
module_identity& choose_leader() noexcept;

/// This copy stays loaded from now on: a thread of its own runs in it.
void stay_loaded() noexcept;

}  // namespace isthmus::detail
