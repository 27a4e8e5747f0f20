// SPDX-License-Identifier: MIT
//
// The taking of all objects of a wait for all, or of none. It looks first, and touches nothing
// while an object is missing. When all seem ready, they are reserved one after the other in the
// order of their identities (so no two waits can block each other), each with its guard and the
// mark in its word; if one is gone by then, all are set free again. Then one store decides, and
// every object is taken and set free in one step each. Nobody sees a part of it: until its own step
// each object is reserved, and what is reserved nobody can take. What a death leaves is mended by
// whoever meets it; see waits/guard.hpp.
#pragma once

#include "failure.hpp"
#include "posix/owners/unseen_owner.hpp"
#include "posix/waits/member.hpp"
#include "posix/waits/wait_identities.hpp"
#include "static_vector.hpp"

#include <isthmus/wait.hpp>

#include <bitset>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace isthmus::detail {

class all_taking {
 public:
  all_taking(std::span<dispatcher* const> objects, const identities& self, failure& why);

  /// All at once, or timeout and nothing; failed where a mutex of this thread's is locked as often
  /// as can be. A guard that somebody has for longer than until `patience` ends it, or whose holder
  /// is `unseen` for too long.
  wait_status take(std::chrono::steady_clock::time_point patience, unseen_owner& unseen);

  [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
  member& operator[](std::size_t which) noexcept { return members_[which]; }
  /// The place of the object for want of which nothing was taken, and whether it is there by now.
  [[nodiscard]] std::size_t missing() const noexcept { return missing_; }
  [[nodiscard]] bool missing_has_come() noexcept { return members_[missing_].ready(me_); }
  /// It was there, but another wait for all is in the middle of taking it.
  [[nodiscard]] bool held_up() const noexcept { return held_up_; }

 private:
  bool is_at_its_deepest() noexcept;
  bool all_ready() noexcept;
  std::size_t reserve(std::chrono::steady_clock::time_point patience,
                      unseen_owner& unseen) noexcept;
  void decide() noexcept;
  wait_status take_reserved() noexcept;
  void give_up(std::size_t reserved) noexcept;
  /// Nobody can take it from us, so it needs no guard: our own, or what stays as it is. Decided
  /// once for each attempt, since others may write the words.
  void note_own() noexcept;
  [[nodiscard]] bool mine(std::size_t which) const noexcept { return mine_[which]; }

  std::uint64_t guards_;
  std::uint64_t me_;
  std::size_t mutexes_;
  // A wait takes no memory from the heap: it cannot fail for want of it, and a thread that waits
  // never has the heap's lock while another one forks.
  static_vector<member, max_wait_objects> members_;
  std::bitset<max_wait_objects> mine_;
  std::size_t missing_ = 0;
  bool held_up_ = false;
};

}  // namespace isthmus::detail
