// SPDX-License-Identifier: MIT
//
// A plain number as an atomic one, for as long as several may change it. The standard has
// std::atomic_ref for this; LLVM's C++ library has it since version 19 only.
#pragma once

#include <atomic>
#include <bit>

namespace isthmus::detail {

template <class T>
[[nodiscard]] std::atomic<T>& atomically(T& value) noexcept {
  static_assert(std::atomic<T>::is_always_lock_free && sizeof(std::atomic<T>) == sizeof(T) &&
                alignof(std::atomic<T>) == alignof(T));
  return *std::bit_cast<std::atomic<T>*>(&value);
}

}  // namespace isthmus::detail
