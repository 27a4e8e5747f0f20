// SPDX-License-Identifier: MIT
//
// What a handle of the veneer stands for: an object of the library, or a companion of it, with the
// rights of this handle as Win32 counts them.
#pragma once

#include <isthmus/win32.h>
#include <isthmus/waitable.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <system_error>

namespace isthmus::veneer {

enum class entry_kind : std::uint8_t {
  section,
  mutex,
  semaphore,
  event,
  timer,
  process,
  thread,
  file,
};

struct entry {
  entry(entry_kind what, DWORD rights) noexcept : kind(what), granted(rights) {}
  entry(const entry&) = delete;
  entry& operator=(const entry&) = delete;
  virtual ~entry() = default;

  [[nodiscard]] bool may(DWORD rights) const noexcept { return (granted & rights) == rights; }
  /// The same object for another handle; nothing, and why.
  [[nodiscard]] virtual std::unique_ptr<entry> copy(DWORD rights, std::error_code& ec) const = 0;

  const entry_kind kind;
  const DWORD granted;          ///< resolved: no generic rights in it
  waitable* awaited = nullptr;  ///< what a wait waits for; none: it cannot be waited for
  std::atomic<DWORD> flags{0};  ///< HANDLE_FLAG_…
};

/// The handle of the current process or thread: no entry of the table (DUP-10, WAIT-14).
[[nodiscard]] bool is_this_process(HANDLE handle) noexcept;
[[nodiscard]] bool is_this_thread(HANDLE handle) noexcept;
/// Whether a handle, real or not, is of the current process: ERROR_SUCCESS; ERROR_NOT_SUPPORTED for
/// that of another one (HARD-26), ERROR_INVALID_HANDLE for everything else.
[[nodiscard]] DWORD check_this_process(HANDLE handle) noexcept;
/// A real entry for what these two stand for.
[[nodiscard]] std::unique_ptr<entry> this_process_entry(DWORD rights, std::error_code& ec);
[[nodiscard]] std::unique_ptr<entry> this_thread_entry(DWORD rights, std::error_code& ec);

}  // namespace isthmus::veneer
