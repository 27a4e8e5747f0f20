// SPDX-License-Identifier: MIT
//
// What a thread sleeps on: words of all objects that it waits for, and until when at most.
#pragma once

#include "posix/system/monotonic.hpp"
#include "posix/system/sleep.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace isthmus::detail {

class watch_list {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): words_ is filled as far as needed
  watch_list(std::chrono::steady_clock::time_point now,
             std::chrono::steady_clock::time_point deadline) noexcept
      : now_(now), until_(deadline) {
    within(longest_sleep);
  }

  void add(const std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept {
    words_[size_++] = {&word, value};
  }
  /// Not longer than this.
  void within(std::chrono::nanoseconds slice) noexcept {
    if (until_ - now_ > slice) until_ = now_ + slice;
  }
  /// Not beyond this moment on the monotonic clock.
  void until(std::uint64_t moment) noexcept {
    if (moment < monotonic_of(until_)) until_ = steady_at(moment);
  }

  void sleep() const noexcept { sleep_on({words_.data(), size_}, until_); }

 private:
  std::array<watched_word, most_words> words_;
  std::size_t size_ = 0;
  std::chrono::steady_clock::time_point now_;
  std::chrono::steady_clock::time_point until_;
};

}  // namespace isthmus::detail
