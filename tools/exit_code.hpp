// SPDX-License-Identifier: MIT
//
// What the exit codes mean. They are documented in isthmus.1 and do not change.
#pragma once

#include <stdexcept>
#include <string>

namespace tool {

inline constexpr int done = 0;
inline constexpr int failed = 1;     ///< whatever has no code of its own
inline constexpr int bad_usage = 2;  ///< the command line
inline constexpr int not_found = 3;  ///< no object of this name
inline constexpr int denied = 4;     ///< the object's permissions, or those of the place
inline constexpr int abandoned = 5;  ///< wait: a mutex was had whose owner had died with it
inline constexpr int timed_out = 124;
inline constexpr int not_started = 125;  ///< run, create: failed before the command could start
inline constexpr int cannot_run = 126;   ///< run, create: the command is no program
inline constexpr int no_command = 127;   ///< run, create: there is no such command
inline constexpr int by_signal = 128;    ///< and the signal's number more

inline constexpr const char* no_output =
    "the output cannot be written; see whether the disk is full";

/// Ends the command: one line for people, and the exit code.
class stop : public std::runtime_error {
 public:
  stop(int code, const std::string& text) : std::runtime_error(text), code_(code) {}
  [[nodiscard]] int code() const noexcept { return code_; }

 private:
  int code_;
};

}  // namespace tool
