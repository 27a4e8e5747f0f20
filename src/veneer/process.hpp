// SPDX-License-Identifier: MIT
//
// What a handle to a process stands for.
#pragma once

#include "entry.hpp"
#include "thread.hpp"

#include <isthmus/win32.h>
#include <isthmus/process.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace isthmus::veneer {

/// One process, for all handles to it.
struct process_state {
  explicit process_state(process which) noexcept : one(std::move(which)), id(one.id()) {}

  [[nodiscard]] bool is_this() const noexcept { return id == GetCurrentProcessId(); }
  [[nodiscard]] bool ended() noexcept;
  /// False, and the last error, where nobody can tell.
  bool exit_code(DWORD& code) noexcept;

  process one;
  const DWORD id;
  std::atomic<std::int64_t> ordered{-1};  ///< the code that TerminateProcess wants it to have
};

/// The process of this number with at least these rights: the state that is known already, or a new
/// one.
[[nodiscard]] std::shared_ptr<process_state> find_process(DWORD id, DWORD rights,
                                                          std::error_code& ec);
/// One that has just been started.
[[nodiscard]] std::shared_ptr<process_state> started_process(process one);

struct process_entry final : entry {
  process_entry(std::shared_ptr<process_state> which, DWORD rights) noexcept
      : entry(entry_kind::process, rights), state(std::move(which)) {
    awaited = &state->one;
  }
  [[nodiscard]] std::unique_ptr<entry> copy(DWORD rights, std::error_code& ec) const override;

  const std::shared_ptr<process_state> state;
};

/// What stands for the first thread of a process that was started: it ends with the process.
struct first_thread final : thread_entry {
  first_thread(std::shared_ptr<process_state> which, DWORD rights) noexcept
      : thread_entry(rights), state(std::move(which)) {
    awaited = &state->one;
  }
  [[nodiscard]] std::unique_ptr<entry> copy(DWORD rights, std::error_code& ec) const override;
  [[nodiscard]] DWORD id() const noexcept override { return state->id; }
  [[nodiscard]] bool exit_code(DWORD& code) const noexcept override {
    return state->exit_code(code);
  }
  DWORD resume() noexcept override { return 0; }

  const std::shared_ptr<process_state> state;
};

/// Whether a handle to a thread is to the first one of the process behind another handle.
[[nodiscard]] bool is_first_thread_of(const entry& thread, const entry& of_process) noexcept;

}  // namespace isthmus::veneer
