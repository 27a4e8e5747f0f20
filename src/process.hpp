// SPDX-License-Identifier: MIT
//
// The contract between src/process.cpp and the backends. A process is a dispatcher of its own kind,
// which has neither name nor permissions. Each backend also has a header `start_gate.hpp` with what
// is held from the packing of what is passed until the child has it, which the build file lets us
// find.
#pragma once

#include <isthmus/process.hpp>

#include "dispatcher.hpp"
#include "failure.hpp"
#include "transfer.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace isthmus::detail {

/// The exit code of a process that was terminated, on both systems.
inline constexpr int terminated_exit_code = 137;

/// The variable of the environment that tells a child where its inheritance is.
inline constexpr std::string_view hint_variable = "ISTHMUS_INHERITED";

/// The child's ends of its standard streams; none where a stream is left alone.
using child_streams = std::array<carrier, 3>;

/// Where a stream is to lead.
enum class stream_end { null, file, append, pipe };
/// Opens the child's end of stream 0, 1 or 2; of a pipe also ours.
bool open_stream(std::size_t which, stream_end to, const std::filesystem::path& path,
                 carrier& theirs, carrier& ours, failure& why);

/// Everything that the backend needs; arguments, variables and keys have been checked.
struct start_request {
  const process_options& options;
  const child_streams& streams;
  std::span<const native_handle_type> passed;  ///< what the child gets, as it is numbered here
  const std::string& hint;                     ///< the value of hint_variable; empty: no variable
};

dispatcher* start_process(const start_request& request, failure& why);
/// `rights` are some of dispatcher_rights.
dispatcher* open_process(std::uint32_t id, access rights, failure& why);
[[nodiscard]] std::uint32_t process_id(const dispatcher& state) noexcept;
/// Absent before the end.
[[nodiscard]] std::optional<std::int32_t> process_exit_code(dispatcher& state) noexcept;
void terminate_process(dispatcher& state, failure& why);
[[noreturn]] void end_this_process(std::int32_t code) noexcept;

}  // namespace isthmus::detail
