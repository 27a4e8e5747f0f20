// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace tool {

/// Shows on a terminal's standard error how far something is that takes longer than a moment.
class progress {
 public:
  /// `of`: the whole, in bytes; 0 where that is unknown.
  progress(std::string_view what, std::uint64_t of);
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress();

  void show(std::uint64_t bytes_done);

 private:
  std::string_view what_;
  std::uint64_t of_;
  bool watched_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace tool
