// SPDX-License-Identifier: MIT
//
// Processes: start a program, wait for its end, learn its exit code, end it by force.
//
//     auto worker = isthmus::process::start({.program = "worker", .arguments = {"orders", "3"}});
//     if (worker.wait_for(10s) == isthmus::wait_status::timeout) worker.terminate();
//
//   Win32   CreateProcess; arguments are quoted as the C runtime reads them
//   POSIX   posix_spawn; every descriptor of the library is closed in the child. A child that
//           somebody else has waited for has no exit code.
#pragma once

#include <isthmus/platform.hpp>
#include <isthmus/wait.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace isthmus {

namespace detail {
struct process_state;
struct close_process {
  ISTHMUS_API void operator()(process_state* state) const noexcept;
};
struct native_access;
}  // namespace detail

/// What to start.
struct process_options {
  /// The program's file. A bare name is looked for where the system looks for commands.
  std::filesystem::path program = {};
  /// Its arguments as UTF-8, without the program's own name.
  std::vector<std::string> arguments = {};
};

/// A handle to a started process. Move-only; empty when moved from, closed, or default-made. Giving
/// the handle up does not end the process.
class process {
 public:
  process() noexcept = default;

  /// Starts a program. not_found or access_denied where it cannot be run.
  [[nodiscard]] ISTHMUS_API static process start(const process_options& options);
  [[nodiscard]] ISTHMUS_API static process start(const process_options& options,
                                                 std::error_code& ec) noexcept;

  /// Whether this is not empty. The functions below want a handle that is not (invalid_argument).
  explicit operator bool() const noexcept { return state_ != nullptr; }

  /// The system's number for it, 0 if empty.
  [[nodiscard]] ISTHMUS_API std::uint32_t id() const noexcept;

  /// Waits until it has ended.
  ISTHMUS_API wait_status wait();
  ISTHMUS_API wait_status wait(std::error_code& ec) noexcept;
  /// The same with a limit: `signaled` or `timeout`.
  template <class Rep, class Period>
  [[nodiscard]] wait_status wait_for(std::chrono::duration<Rep, Period> limit) {
    return wait_within(detail::limit_of(limit));
  }
  template <class Rep, class Period>
  [[nodiscard]] wait_status wait_for(std::chrono::duration<Rep, Period> limit,
                                     std::error_code& ec) noexcept {
    return wait_within(detail::limit_of(limit), ec);
  }

  /// The exit code, once it has ended. POSIX: 128 plus the signal's number for a death by signal,
  /// absent where somebody else has reaped the child.
  [[nodiscard]] ISTHMUS_API std::optional<std::int32_t> exit_code() const noexcept;

  /// Ends it by force, at once and without its consent; it cannot clean up. Its exit code becomes
  /// 137 on both systems. A process that has ended already is left alone.
  ISTHMUS_API void terminate();
  ISTHMUS_API void terminate(std::error_code& ec) noexcept;

  /// Gives the handle up; the process goes on.
  ISTHMUS_API void close() noexcept;

 private:
  friend struct detail::native_access;
  explicit process(detail::process_state* state) noexcept : state_(state) {}
  ISTHMUS_API wait_status wait_within(std::chrono::nanoseconds limit);
  ISTHMUS_API wait_status wait_within(std::chrono::nanoseconds limit, std::error_code& ec) noexcept;

  std::unique_ptr<detail::process_state, detail::close_process> state_;
};

}  // namespace isthmus
