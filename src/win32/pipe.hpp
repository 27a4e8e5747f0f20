// SPDX-License-Identifier: MIT
//
// Pipes that keep packets apart, with time limits. Their names are random: nobody can guess one,
// make it first, or come by it but through whoever made it.
#pragma once

#include "failure.hpp"
#include "win32/handle.hpp"
#include "win32/windows.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace isthmus::detail {

using pipe_number = std::array<std::uint64_t, 2>;

/// A number that nobody can guess.
[[nodiscard]] pipe_number random_pipe(failure& why);

/// The listening end of a new pipe. `first`: there is none of this number yet.
[[nodiscard]] unique_handle make_pipe(const pipe_number& number, bool first,
                                      SECURITY_ATTRIBUTES* attributes, failure& why);
/// The other end. ERROR_FILE_NOT_FOUND: nobody listens; ERROR_PIPE_BUSY: nobody does right now.
[[nodiscard]] unique_handle open_pipe(const pipe_number& number, failure& why);

/// The rights on a pipe that one needs who connects, and no more: not that to listen beside us.
inline constexpr DWORD connect_rights = READ_CONTROL | SYNCHRONIZE | FILE_READ_DATA |
                                        FILE_READ_ATTRIBUTES | FILE_WRITE_DATA |
                                        FILE_WRITE_ATTRIBUTES;

/// One overlapped call.
class overlapped {
 public:
  explicit overlapped(failure& why);
  overlapped(const overlapped&) = delete;
  overlapped& operator=(const overlapped&) = delete;

  [[nodiscard]] OVERLAPPED* get() noexcept { return &call_; }

  /// What became of a call that has just given `result`: 0, or its error; WAIT_TIMEOUT: it has been
  /// taken back, as if it had never been made. `count`: the bytes that it moved.
  [[nodiscard]] DWORD finish(HANDLE pipe, BOOL result, std::chrono::nanoseconds limit,
                             DWORD& count) noexcept;

 private:
  unique_handle event_;
  OVERLAPPED call_ = {};
};

/// 0, WAIT_TIMEOUT, or an error.
[[nodiscard]] DWORD write_pipe(HANDLE pipe, const void* packet, std::size_t size,
                               std::chrono::nanoseconds limit, failure& why);
/// The same; ERROR_MORE_DATA: the packet was longer, and has been dropped.
[[nodiscard]] DWORD read_pipe(HANDLE pipe, void* buffer, std::size_t size, DWORD& count,
                              std::chrono::nanoseconds limit, failure& why);

}  // namespace isthmus::detail
