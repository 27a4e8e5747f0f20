// SPDX-License-Identifier: MIT
//
// What a handle to a thread stands for.
#pragma once

#include "entry.hpp"

#include <isthmus/win32.h>

namespace isthmus::veneer {

struct thread_entry : entry {
  explicit thread_entry(DWORD rights) noexcept : entry(entry_kind::thread, rights) {}

  [[nodiscard]] virtual DWORD id() const noexcept = 0;
  /// False, and the last error, where nobody can tell.
  [[nodiscard]] virtual bool exit_code(DWORD& code) const noexcept = 0;
  /// How often it was suspended; it runs now.
  virtual DWORD resume() noexcept = 0;
};

}  // namespace isthmus::veneer
