// SPDX-License-Identifier: MIT
//
// One object as a wait for all sees it: ready or not; reserved, then taken or set free.
#pragma once

#include "posix/objects/guard_place.hpp"
#include "posix/owners/record.hpp"
#include "posix/words/counted.hpp"
#include "posix/words/layout.hpp"

#include <isthmus/waitable.hpp>

#include <cstdint>
#include <optional>

namespace isthmus::detail {

/// How an object's word works. The kinds and their modes come down to three machines.
enum class machine { mutex, counted, latch };
machine machine_of(kind kind, bool manual) noexcept;
counted::rules rules_of(kind kind, std::uint32_t maximum) noexcept;

class registration;

class member {
 public:
  /// `manual` and `maximum` as they were when the object was opened.
  member(dispatcher_block& block, const body* object, detail::kind kind, bool manual,
         std::uint32_t maximum, std::uint32_t user) noexcept;

  [[nodiscard]] dispatcher_state& state() noexcept { return block_->state; }
  [[nodiscard]] dispatcher_block& block() noexcept { return *block_; }
  /// The word in which its state is.
  [[nodiscard]] std::atomic<std::uint64_t>& word() noexcept {
    return machine_ == machine::mutex ? line_of(*block_).word : block_->state.word;
  }
  /// Among whom it is used; see identity.hpp.
  [[nodiscard]] std::uint32_t user() const noexcept { return user_; }
  /// Nothing where it is not mapped and cannot be.
  [[nodiscard]] guard_place guard() noexcept;
  [[nodiscard]] object_owners owners() const noexcept { return {*block_, user_}; }
  [[nodiscard]] detail::machine machine() const noexcept { return machine_; }
  [[nodiscard]] bool is_timer() const noexcept { return kind_ == kind::timer; }
  /// Once set, it stays: the end of a process.
  [[nodiscard]] bool lasts() const noexcept { return kind_ == kind::process; }
  [[nodiscard]] const counted::rules& rules() const noexcept { return rules_; }

  /// The wait's place in the line of those who wait for the object alone, or nullptr.
  void stand_in(registration* line) noexcept { line_ = line; }
  /// How many had been called there when the wait came to sleep, if it has been called (give.hpp).
  void note_called(std::optional<std::uint32_t> before) noexcept { called_ = before; }
  /// Whether `me` could take it now.
  [[nodiscard]] bool ready(std::uint64_t me) noexcept;
  /// It is this thread's own already: a mutex. Such need no guard.
  [[nodiscard]] bool owned_by(std::uint64_t me) noexcept;

  /// With the guard lock: marks it if it is ready.
  [[nodiscard]] bool reserve(std::uint64_t me) noexcept;
  /// All are marked: an event that has been set since its own mark was set already.
  void forget_sets() noexcept;
  /// Takes the marked object and clears the mark, in one step.
  wait_status take(std::uint64_t me) noexcept;
  /// Clears the mark.
  void set_free() noexcept;
  /// What a dead holder of the guard left, who was called `name`: its mark is cleared, or it takes
  /// what it was taking; a mutex is abandoned then.
  void mend(std::uint64_t dead, const owner_name& name, bool taking) noexcept;

 private:
  [[nodiscard]] std::uint64_t guard_mark() const noexcept;
  [[nodiscard]] std::uint64_t taken(std::uint64_t word) const noexcept;
  [[nodiscard]] wait_status take_mutex(std::uint64_t me) noexcept;
  [[nodiscard]] std::uint64_t freed(std::uint64_t word) const noexcept;
  [[nodiscard]] bool has_grant(std::uint64_t word) const noexcept;
  [[nodiscard]] std::uint64_t reserved(std::uint64_t word) const noexcept;
  void tell(std::uint64_t before, std::uint64_t after) noexcept;
  [[nodiscard]] bool free_to_take(std::uint64_t word, std::uint64_t me) noexcept;

  dispatcher_block* block_;
  const body* object_;
  guard_place guard_;  // once it has been asked for
  std::uint32_t user_;
  detail::kind kind_;
  detail::machine machine_;
  counted::rules rules_;
  std::optional<std::uint32_t> called_;
  registration* line_ = nullptr;
  std::uint32_t began_;  // of a latch: its `times` when the wait began
};

}  // namespace isthmus::detail
