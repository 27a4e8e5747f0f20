// SPDX-License-Identifier: MIT
//
// The contract between src/process.cpp and the backends.
#pragma once

#include <isthmus/process.hpp>

#include "failure.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace isthmus::detail {

/// The exit code of a process that was terminated, on both systems.
inline constexpr int terminated_exit_code = 137;

process_state* start_process(const process_options& options, failure& why);
[[nodiscard]] std::uint32_t process_id(const process_state& state) noexcept;
/// signaled, timeout, or failed with `why` set. A limit of nanoseconds::max() is none.
wait_status wait_process(process_state& state, std::chrono::nanoseconds limit, failure& why);
/// Absent before the end.
[[nodiscard]] std::optional<std::int32_t> process_exit_code(process_state& state) noexcept;
void terminate_process(process_state& state, failure& why);
[[nodiscard]] native_handle_type process_handle(const process_state& state) noexcept;
/// Frees the state.
void close_process_state(process_state* state) noexcept;

}  // namespace isthmus::detail
