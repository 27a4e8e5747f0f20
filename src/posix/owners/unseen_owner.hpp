// SPDX-License-Identifier: MIT
#pragma once

#include "failure.hpp"

#include <cstdint>

namespace isthmus::detail {

/// A wait for a mutex whose owner has a record. Whether that lives can be seen only with a free
/// descriptor, and nobody wakes whoever waits for its death: without one a wait could last for
/// ever. So it fails when there has been none for a second.
class unseen_owner {
 public:
  /// Before each sleep, of shortest_sleep.
  void sleeps_on(std::uint64_t owner) noexcept;
  /// Whether the wait is to fail.
  explicit operator bool() const noexcept { return blind_looks_ >= most_blind_looks; }
  static void refuse(failure& why);

 private:
  static constexpr int sleeps_for_each_look = 100;
  static constexpr int most_blind_looks = 5;

  int sleeps_ = 0;
  int blind_looks_ = 0;  // one after the other
};

}  // namespace isthmus::detail
