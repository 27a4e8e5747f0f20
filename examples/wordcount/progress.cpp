// SPDX-License-Identifier: MIT
#include "progress.hpp"

#include "support/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace wordcount {

constexpr std::uint64_t width = 40;

progress_bar::progress_bar() : watched_(support::watched()) {}

void progress_bar::show(std::uint64_t done, std::uint64_t of) {
  if (!watched_ || of == 0) return;
  const auto part = std::min(done, of);
  fmt::print(stderr, "\r[{:.<{}}] {:3} %", std::string(part * width / of, '#'), width,
             part * 100 / of);
  (void)std::fflush(stderr);
  shown_ = true;
}

void progress_bar::remove() {
  if (!shown_) return;
  fmt::print(stderr, "\r{:{}}\r", "", width + 8);
  (void)std::fflush(stderr);
  shown_ = false;
}

}  // namespace wordcount
