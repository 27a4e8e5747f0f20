// SPDX-License-Identifier: MIT
//
// Starts the isthmus command that was built with the tests.
#pragma once

#include "support/files.hpp"
#include "support/limits.hpp"

#include <isthmus/process.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace support {

/// Its file.
[[nodiscard]] std::filesystem::path command_file();

/// How it ended, and what it said.
struct answer {
  int code = -1;
  std::string output;
  std::string error;
};

/// Runs it to its end, with this as its input.
[[nodiscard]] answer command(const std::vector<std::string>& arguments,
                             std::string_view input = "");

/// Runs this very program's child function under `run` or `create`: the arguments after `--`.
[[nodiscard]] std::vector<std::string> with_child(std::vector<std::string> arguments,
                                                  std::string_view child);
/// The same with the isthmus command itself.
[[nodiscard]] std::vector<std::string> with_command(std::vector<std::string> arguments,
                                                    const std::vector<std::string>& inner);

/// One that goes on: its input is open until close_input.
class running_command {
 public:
  explicit running_command(const std::vector<std::string>& arguments);
  running_command(const running_command&) = delete;
  running_command& operator=(const running_command&) = delete;
  ~running_command();

  void close_input() noexcept { input_.close(); }
  [[nodiscard]] std::uint32_t id() const noexcept { return process_.id(); }
  /// Waits for its end; -1 where that does not come.
  [[nodiscard]] int exit_code();
  void kill();

 private:
  isthmus::pipe_end input_;
  isthmus::process process_;
};

/// Whether a text is one line that says who speaks.
[[nodiscard]] bool is_one_line(std::string_view text);

[[nodiscard]] bool contains(std::string_view text, std::string_view part);

}  // namespace support
