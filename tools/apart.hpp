// SPDX-License-Identifier: MIT
//
// Things that may end the process that does them. One file for each system.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace tool {

/// How it ended: with a text, or not in order.
struct apart_result {
  bool ended = false;
  std::string text;  ///< not ended: why, for people
};

/// POSIX: calls `what` in a child process, which a sandbox may kill, for at most half a minute.
/// Win32: calls it. An exception of it is not ended in order.
[[nodiscard]] apart_result run_apart(const std::function<std::string()>& what);

/// This program's file, to start it once more.
[[nodiscard]] std::filesystem::path own_program();
/// Once, in main: what the program was called by.
void remember_program(const char* name);

}  // namespace tool
