// SPDX-License-Identifier: MIT
#pragma once

#include "win32/windows.hpp"

namespace isthmus::detail {

/// Held while handles that a child is to have are inheritable: the library's starts come one after
/// the other, so that none takes what is meant for another one's child.
class [[nodiscard]] start_gate {
 public:
  start_gate() noexcept { ::AcquireSRWLockExclusive(&lock); }
  ~start_gate() { ::ReleaseSRWLockExclusive(&lock); }
  start_gate(const start_gate&) = delete;
  start_gate& operator=(const start_gate&) = delete;

 private:
  static inline SRWLOCK lock = SRWLOCK_INIT;
};

}  // namespace isthmus::detail
