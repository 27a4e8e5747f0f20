// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace wordcount {

/// A bar on the standard error output, if that is a terminal.
class progress_bar {
 public:
  progress_bar();
  ~progress_bar() { remove(); }
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  void show(std::uint64_t done, std::uint64_t of);
  void remove();

 private:
  bool watched_;
  bool shown_ = false;
};

}  // namespace wordcount
