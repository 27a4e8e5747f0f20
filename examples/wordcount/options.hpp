// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wordcount {

inline constexpr std::uint32_t most_workers = 256;

struct options {
  std::string file;
  std::uint32_t workers = 0;
  std::size_t top = 10;
  bool kill_one = false;
  bool help = false;

  // How a worker is started.
  std::uint32_t number = 0;  ///< not 0: this is a worker, and which one
  bool victim = false;
};

/// What to print for --help.
extern const std::string_view help_text;

/// Reads the command line, without the program's name. Throws std::invalid_argument with a sentence
/// for the user.
[[nodiscard]] options read_options(std::span<char* const> arguments);

}  // namespace wordcount
