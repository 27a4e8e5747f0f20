// SPDX-License-Identifier: MIT
//
// A waiter for a semaphore, an automatic event or an automatic timer; see counted.hpp and seat.hpp.
//
// No wake is lost. A waiter sleeps only if the word's low half still has the value with which it
// had no reason to stay awake; each grant changes that half (stamp). A giver wakes as many as it
// made grants. A wake that ends with somebody who cannot use it, because it is not entitled, out of
// time, or served by another object of its wait, is passed on. What a killed waiter leaves is found
// by the next giver, who wakes fewer than it should, or by whoever looks 50 ms later.
#pragma once

#include "posix/waits/member.hpp"
#include "posix/waits/registration.hpp"
#include "posix/waits/watch_list.hpp"

#include <isthmus/waitable.hpp>

#include <chrono>
#include <cstdint>

namespace isthmus::detail {

class counted_seat {
 public:
  /// `several`: it is one object of many.
  counted_seat(const member& object, bool several) noexcept : ours_(object, several) {}

  bool begin(std::uint64_t me) noexcept;
  void give_back() noexcept;
  wait_status take(std::chrono::nanoseconds& patience) noexcept;
  bool settle(watch_list& list) noexcept;
  void woken() noexcept {}
  void leave() noexcept { ours_.leave(); }

 private:
  [[nodiscard]] member& object() noexcept { return ours_.object(); }
  std::atomic<std::uint64_t>& word() noexcept { return object().state().word; }
  wait_status take_once() noexcept;
  void wait_out_guard(std::chrono::nanoseconds& patience) noexcept;
  void wait_out_grant(std::chrono::nanoseconds& patience) noexcept;

  registration ours_;
  std::uint64_t next_ = 0;  // timer: the next expiry
};

}  // namespace isthmus::detail
