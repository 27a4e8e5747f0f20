// SPDX-License-Identifier: MIT
//
// A waiter for a manual event or a manual timer; see latch.hpp and seat.hpp. It was waiting "at the
// time of a set" if it was made before.
#pragma once

#include "posix/waits/member.hpp"
#include "posix/waits/watch_list.hpp"
#include "posix/words/latch.hpp"

#include <isthmus/waitable.hpp>

#include <chrono>
#include <cstdint>

namespace isthmus::detail {

class latch_seat {
 public:
  explicit latch_seat(const member& object) noexcept
      : object_(object), times_(latch::times(object_.state().word.load())) {}

  /// Being made was the beginning.
  bool begin(std::uint64_t) noexcept {
    std::chrono::nanoseconds none{};
    return take(none) == wait_status::signaled;
  }
  void give_back() noexcept {}
  wait_status take(std::chrono::nanoseconds& patience) noexcept;
  bool settle(watch_list& list) noexcept;
  void woken() noexcept {}
  void leave() noexcept {}

 private:
  member object_;
  std::uint32_t times_;     // how often it had been set when we came
  std::uint64_t next_ = 0;  // timer: the next expiry
};

}  // namespace isthmus::detail
