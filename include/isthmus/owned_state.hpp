// SPDX-License-Identifier: MIT
//
// What a handle holds: a part of the library's own, which its closer gives back. It is what
// std::unique_ptr with a deleter would be; the header of that one costs each file that includes
// isthmus as much time again as all other headers but those of clocks.
#pragma once

#include <isthmus/platform.hpp>

#include <utility>

namespace isthmus::detail {

template <class State, class Close>
class owned_state {
 public:
  constexpr owned_state() noexcept = default;
  explicit owned_state(State* state) noexcept : state_(state) {}
  owned_state(owned_state&& other) noexcept : state_(other.release()) {}
  owned_state& operator=(owned_state&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~owned_state() { reset(); }

  [[nodiscard]] State* get() const noexcept { return state_; }
  [[nodiscard]] State& operator*() const noexcept { return *state_; }
  [[nodiscard]] State* operator->() const noexcept { return state_; }
  explicit operator bool() const noexcept { return state_ != nullptr; }

  /// Gives it to the caller, who closes it.
  [[nodiscard]] State* release() noexcept { return std::exchange(state_, nullptr); }
  void reset(State* state = nullptr) noexcept {
    State* const before = std::exchange(state_, state);
    if (before != nullptr) Close()(before);
  }

 private:
  State* state_ = nullptr;
};

}  // namespace isthmus::detail
