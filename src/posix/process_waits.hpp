// SPDX-License-Identifier: MIT
//
// What the other kinds of object and the engine of waits know of processes.
#pragma once

#include "dispatcher.hpp"

#include <isthmus/platform.hpp>
#include <isthmus/waitable.hpp>

#include <chrono>
#include <span>

namespace isthmus::detail {

/// Sets its latch if it has ended.
void look_at_process(const dispatcher& process) noexcept;
/// Before a wait for several objects: sees which of the processes among them have ended, and has
/// the others watched.
bool attend_processes(std::span<dispatcher* const> objects, std::chrono::nanoseconds limit,
                      failure& why);
/// Waits for its end, in this thread.
wait_status wait_for_process(dispatcher& process, std::chrono::nanoseconds limit) noexcept;
[[nodiscard]] native_handle_type process_handle(const dispatcher& process) noexcept;
/// Frees the handle.
void close_process(dispatcher& process) noexcept;

}  // namespace isthmus::detail
