// SPDX-License-Identifier: MIT
//
// The streams of this program, and whether somebody watches them. One file for each system.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tool {

/// Once, first thing in main: the bytes of streams stay as they are, and texts are UTF-8.
void prepare_streams();

/// The arguments as UTF-8, without the program's name.
[[nodiscard]] std::vector<std::string> command_line(int count, char** values);

enum class stream { input, output, error };
[[nodiscard]] bool is_terminal(stream which) noexcept;

/// How many columns the output's terminal has; 0: it is none.
[[nodiscard]] std::size_t width_of_output() noexcept;
/// And how many lines.
[[nodiscard]] std::size_t height_of_output() noexcept;

/// Whether the output may be coloured: on a terminal, unless NO_COLOR is set.
[[nodiscard]] bool colourful();

/// Writes to standard error. If that cannot be done, nothing happens: there is nobody else to tell.
void say(const std::string& text) noexcept;

/// Reads what standard input has, at least a byte; 0 at its end.
[[nodiscard]] std::size_t read_input(std::span<std::byte> into);

}  // namespace tool
