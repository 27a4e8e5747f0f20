// SPDX-License-Identifier: MIT
#pragma once

#include "failure.hpp"

#include <chrono>
#include <cstdint>

namespace isthmus::detail {

/// A wait that is held up by an owner with a record (of a mutex, or of a guard). Whether that lives
/// can be seen only with a free descriptor, and nobody wakes those who wait for its death: without
/// one the wait could last for ever. So it fails when for a second no look has seen that owner, and
/// nothing else has told that it lives.
class unseen_owner {
 public:
  unseen_owner() noexcept;
  /// After each look of the wait that has not ended it. True: it is to fail, now and from now on.
  bool for_too_long(std::chrono::steady_clock::time_point now) noexcept;
  explicit operator bool() const noexcept { return failed_; }
  static void refuse(failure& why);

 private:
  std::uint64_t owner_ = 0;
  std::uint32_t signs_ = 0;
  bool failed_ = false;
  std::chrono::steady_clock::time_point since_;
};

/// This thread could not look at the owner of that token, for want of a descriptor.
void note_blind_look(std::uint64_t token) noexcept;
/// It has seen that whoever owns what it waits for has done something.
void note_sign_of_life() noexcept;

}  // namespace isthmus::detail
