// SPDX-License-Identifier: MIT
//
// This process's end of a pipe to a process that it starts, as the child's standard input or
// output: a stream of bytes that go one way. See process_options in process.hpp.
//
//     isthmus::pipe_end answers;
//     auto worker = isthmus::process::start({.program = "worker", .output =
//     stream::pipe(answers)}); while (const auto count = answers.read(buffer)) use(buffer, count);
//     // 0: the end
//
// A pipe holds a few KiB. Whoever gives a child more than one pipe must serve all of them, or each
// may wait for the other; the forms with a limit are for that.
//
//   Win32   a named pipe without a name that anybody else could know, with overlapped reads
//   POSIX   pipe(2), whose end here does not block. No SIGPIPE comes of a write: it is an error.
#pragma once

#include <isthmus/platform.hpp>
#include <isthmus/waitable.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

namespace isthmus {

/// An end of a pipe. Move-only; empty when moved from, closed, or default-made. One thread may use
/// it at a time.
class pipe_end {
 public:
  pipe_end() noexcept = default;
  pipe_end(pipe_end&& other) noexcept : handle_(std::exchange(other.handle_, no_native_handle)) {}
  pipe_end& operator=(pipe_end&& other) noexcept {
    std::swap(handle_, other.handle_);
    other.close();
    return *this;
  }
  ~pipe_end() { close(); }

  /// Whether this is not empty. The functions below want one that is not (invalid_argument).
  explicit operator bool() const noexcept { return handle_ != no_native_handle; }

  /// Reads what there is, at least a byte and at most `into.size()` of them, which is not 0: how
  /// many. 0: the other end is closed, and everything has been read.
  std::size_t read(std::span<std::byte> into) { return *read_within(into, detail::no_limit); }
  std::size_t read(std::span<std::byte> into, std::error_code& ec) noexcept {
    return read_within(into, detail::no_limit, ec).value_or(0);
  }
  /// The same within a limit; absent where nothing came (or there is an error).
  template <class Rep, class Period>
  [[nodiscard]] std::optional<std::size_t> read_for(std::span<std::byte> into,
                                                    std::chrono::duration<Rep, Period> limit) {
    return read_within(into, detail::limit_of(limit));
  }
  template <class Rep, class Period>
  [[nodiscard]] std::optional<std::size_t> read_for(std::span<std::byte> into,
                                                    std::chrono::duration<Rep, Period> limit,
                                                    std::error_code& ec) noexcept {
    return read_within(into, detail::limit_of(limit), ec);
  }

  /// Writes all of `from`. std::errc::broken_pipe where nobody reads at the other end any more.
  void write(std::span<const std::byte> from) { write_within(from, detail::no_limit); }
  void write(std::span<const std::byte> from, std::error_code& ec) noexcept {
    write_within(from, detail::no_limit, ec);
  }
  /// Writes as much of it as the pipe takes within the limit: how many bytes.
  template <class Rep, class Period>
  [[nodiscard]] std::size_t write_for(std::span<const std::byte> from,
                                      std::chrono::duration<Rep, Period> limit) {
    return write_within(from, detail::limit_of(limit));
  }
  template <class Rep, class Period>
  [[nodiscard]] std::size_t write_for(std::span<const std::byte> from,
                                      std::chrono::duration<Rep, Period> limit,
                                      std::error_code& ec) noexcept {
    return write_within(from, detail::limit_of(limit), ec);
  }

  /// Closes it: the child that reads at the other end comes to the end, one that writes there gets
  /// an error (POSIX: and SIGPIPE). Closing an empty one does nothing.
  ISTHMUS_API void close() noexcept;

  /// The system's handle, still owned by this. POSIX: it does not block. Win32: overlapped.
  [[nodiscard]] native_handle_type native() const noexcept { return handle_; }

 private:
  friend struct detail::native_access;
  explicit pipe_end(native_handle_type handle) noexcept : handle_(handle) {}
  ISTHMUS_API std::optional<std::size_t> read_within(std::span<std::byte> into,
                                                     std::chrono::nanoseconds limit);
  ISTHMUS_API std::optional<std::size_t> read_within(std::span<std::byte> into,
                                                     std::chrono::nanoseconds limit,
                                                     std::error_code& ec) noexcept;
  ISTHMUS_API std::size_t write_within(std::span<const std::byte> from,
                                       std::chrono::nanoseconds limit);
  ISTHMUS_API std::size_t write_within(std::span<const std::byte> from,
                                       std::chrono::nanoseconds limit,
                                       std::error_code& ec) noexcept;

  native_handle_type handle_ = no_native_handle;
};

}  // namespace isthmus
