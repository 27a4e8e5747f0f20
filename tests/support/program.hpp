// SPDX-License-Identifier: MIT
//
// Starting, stopping and killing programs, and the pipes to them. This is deliberately not the
// library's own `process`: that one is under test. One file for each system implements it.
#pragma once

#include "support/limits.hpp"

#include <isthmus/platform.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace support {

/// Whether a process that is linked with isthmus and ends by exit() hands all 32 bits of its code
/// over. Elsewhere its parent learns 8 of them, and nobody else any.
inline constexpr bool whole_exit_codes = ISTHMUS_TEST_WHOLE_EXIT_CODES;
inline constexpr const char* no_whole_exit_codes = "this C library tells no handler the exit code";

/// One end of a pipe. Move-only.
class pipe_end {
 public:
  pipe_end() noexcept = default;
  explicit pipe_end(isthmus::native_handle_type handle) noexcept : handle_(handle), open_(true) {}
  pipe_end(pipe_end&& other) noexcept
      : handle_(other.handle_), open_(std::exchange(other.open_, false)) {}
  pipe_end& operator=(pipe_end&& other) noexcept {
    close();
    handle_ = other.handle_;
    open_ = std::exchange(other.open_, false);
    return *this;
  }
  ~pipe_end() { close(); }

  void close() noexcept;

  enum class outcome { done, end, timeout };
  /// Reads exactly `size` bytes. The limit is for the first of them; the others follow at once.
  [[nodiscard]] outcome read(void* into, std::size_t size, clock::time_point end) const;
  [[nodiscard]] outcome write(const void* from, std::size_t size, clock::time_point end) const;

 private:
  isthmus::native_handle_type handle_ = {};
  bool open_ = false;
};

/// What this program was started with, if it was started by start_program.
[[nodiscard]] pipe_end take_standard_input();
[[nodiscard]] pipe_end take_standard_output();

struct running_program {
  std::uint32_t id = 0;
  isthmus::native_handle_type handle = {};
  std::optional<int> code;  ///< once it is known to have ended
  pipe_end input;           ///< what it reads
  pipe_end output;          ///< what it writes
};

/// Starts a program with one plain argument and two pipes as its standard input and output.
[[nodiscard]] running_program start_program(const std::filesystem::path& file,
                                            const std::string& argument);
/// Whether it ended before `end`; sets `code`: 128 plus the signal on POSIX.
[[nodiscard]] bool wait_program(running_program& program, clock::time_point end);
/// Ends it by force. Does not wait.
void kill_program(running_program& program) noexcept;
/// Stops all its threads, and waits until they are.
[[nodiscard]] bool stop_program(running_program& program, clock::time_point end);
void resume_program(running_program& program) noexcept;
/// Gives the handle back, once it has ended.
void close_program(running_program& program) noexcept;

}  // namespace support
