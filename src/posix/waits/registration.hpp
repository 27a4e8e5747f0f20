// SPDX-License-Identifier: MIT
//
// One waiter's registration in the word of a semaphore, an automatic event or an automatic timer;
// the steps are listed in counted.hpp.
#pragma once

#include "posix/waits/firm.hpp"
#include "posix/waits/member.hpp"

#include <atomic>
#include <cstdint>

namespace isthmus::detail {

class registration {
 public:
  /// `several`: the waiter waits for other objects, too.
  registration(const member& object, bool several) noexcept : object_(object), several_(several) {}

  /// Whether the word still counts us, as far as the last look told.
  explicit operator bool() const noexcept { return registered_; }
  /// A grant was made since we registered.
  [[nodiscard]] bool entitled() const noexcept { return entitled_; }
  /// The word as we saw it last.
  [[nodiscard]] std::uint64_t seen() const noexcept { return seen_; }

  /// What a look at the word tells about the registration.
  void notice(std::uint64_t seen) noexcept;
  /// The step `enter` from the word as it was seen last. False: it has changed.
  bool enter() noexcept;
  /// The registration survives a take-back (firm.hpp), from before it is made.
  void be_firm(std::uint64_t me) noexcept { firm_.hold(object_.block(), object_.user(), me); }
  /// We have claimed, or have not entered: the word does not count us.
  void end() noexcept {
    registered_ = false;
    firm_.drop();
  }
  /// Woken, but by a grant that we are not entitled to: wakes one for whom it is.
  void pass_on() noexcept;
  /// The step `leave`. A grant left over goes to the next one.
  void leave() noexcept;

  [[nodiscard]] member& object() noexcept { return object_; }

 private:
  member object_;
  bool several_;
  bool registered_ = false;
  bool entitled_ = false;
  firm_place firm_;
  std::uint32_t stamp_ = 0;
  std::uint32_t epoch_ = 0;
  std::uint32_t passed_on_ = 0;  // with this low half we have passed a wake on
  std::uint64_t seen_ = 0;
};

}  // namespace isthmus::detail
