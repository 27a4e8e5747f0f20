// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace isthmus::detail {

/// A vector of up to `capacity` values without the heap; room that is not needed is not touched.
template <class T, std::size_t capacity>
class static_vector {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init,modernize-use-equals-default)
  static_vector() noexcept {}
  static_vector(const static_vector&) = delete;
  static_vector& operator=(const static_vector&) = delete;
  ~static_vector() { std::destroy_n(begin(), size_); }

  /// There must be room.
  void push_back(T value) noexcept {
    new (&places_[size_]) T(std::move(value));
    ++size_;
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] T* begin() noexcept { return std::launder(reinterpret_cast<T*>(places_.data())); }
  [[nodiscard]] T* end() noexcept { return begin() + size_; }
  [[nodiscard]] T& operator[](std::size_t index) noexcept { return begin()[index]; }

 private:
  struct alignas(T) place {
    std::array<std::byte, sizeof(T)> bytes;
  };
  std::array<place, capacity> places_;
  std::size_t size_ = 0;
};

}  // namespace isthmus::detail
