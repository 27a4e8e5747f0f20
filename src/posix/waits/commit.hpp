// SPDX-License-Identifier: MIT
//
// The decision of a wait for all: one store. See waits/guard.hpp.
#pragma once

#include "posix/objects/guard_place.hpp"
#include "posix/owners/self.hpp"

#include <cstdint>

namespace isthmus::detail {

/// The commits of all objects whose guards this thread holds, in the order of their taking.
class commit_chain {
 public:
  explicit commit_chain(const robust_shape& shape) noexcept : shape_(shape) {}

  void add(const guard_place& at) noexcept {
    at.commit().store(noted_thread.token, std::memory_order_relaxed);
    std::byte* const node = at.commit_node(shape_);
    if (last_ != nullptr)
      robust::set_next(last_, node);
    else
      first_ = node;
    last_ = node;
  }

  /// The store. What comes before it is done, as the kernel sees it: it looks after this thread's
  /// last instruction.
  void decide() noexcept {
    if (last_ == nullptr) return;
    robust_head& list = *noted_thread.list;
    std::byte* const rest = robust::next_of(noted_thread.guards_end);
    robust::set_next(last_, rest);
    robust::in_order();
    list.next = first_;
    robust::in_order();
    robust::tell(list, shape_, rest, last_);
    noted_thread.guards_end = last_;
  }

 private:
  const robust_shape& shape_;
  std::byte* first_ = nullptr;
  std::byte* last_ = nullptr;
};

}  // namespace isthmus::detail
