// SPDX-License-Identifier: MIT
//
// The seats of one wait, and the wait in them.
#pragma once

#include "posix/waits/open_dispatcher.hpp"
#include "posix/waits/seat.hpp"

#include <isthmus/wait.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace isthmus::detail {

/// Room for all seats of a wait, without touching it before it is needed.
class seats {
 public:
  // places_ is filled as far as needed.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init,modernize-use-equals-default)
  seats() {}
  seats(const seats&) = delete;
  seats& operator=(const seats&) = delete;
  ~seats() {
    for (std::size_t i = 0; i < size_; ++i) (*this)[i].~seat();
  }

  void add(const dispatcher& handle, std::uint64_t me, bool several) noexcept {
    const member object = member_of(handle);
    void* const place = &places_[size_++];
    switch (object.machine()) {
      case machine::mutex:
        new (place) seat(std::in_place_type<mutex_seat>, object, me);
        break;
      case machine::counted:
        new (place) seat(std::in_place_type<counted_seat>, object, several);
        break;
      case machine::latch:
        new (place) seat(std::in_place_type<latch_seat>, object);
        break;
    }
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  seat& operator[](std::size_t i) noexcept {
    return *std::launder(static_cast<seat*>(static_cast<void*>(&places_[i])));
  }

 private:
  struct alignas(seat) place {
    std::array<std::byte, sizeof(seat)> bytes;
  };
  std::array<place, max_wait_objects> places_;
  std::size_t size_ = 0;
};

/// Waits until one of the seats is served, and leaves the others. When the limit has passed, `more`
/// is asked for another.
wait_result wait_in(seats& all, std::chrono::nanoseconds limit, const longer_wait& more,
                    failure& why);

}  // namespace isthmus::detail
