// SPDX-License-Identifier: MIT
#include "progress.hpp"

#include "terminal.hpp"
#include "units.hpp"

#include <fmt/format.h>

namespace tool {

using namespace std::chrono_literals;

progress::progress(std::string_view what, std::uint64_t of)
    : what_(what),
      of_(of),
      watched_(is_terminal(stream::error)),
      next_(std::chrono::steady_clock::now() + 500ms) {}

progress::~progress() {
  if (shown_) say("\r\x1b[K");
}

void progress::show(std::uint64_t bytes_done) {
  if (!watched_ || std::chrono::steady_clock::now() < next_) return;
  next_ = std::chrono::steady_clock::now() + 100ms;
  shown_ = true;
  if (of_ != 0) {
    say(fmt::format("\r{} {} of {} ({} %)\x1b[K", what_, size_text(bytes_done), size_text(of_),
                    bytes_done / (of_ / 100 + 1)));
  } else {
    say(fmt::format("\r{} {}\x1b[K", what_, size_text(bytes_done)));
  }
}

}  // namespace tool
