// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <utility>

namespace isthmus::veneer {

/// Up to `most` values without the heap; room that is not needed is not touched.
template <class T, std::size_t most>
class few {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init,modernize-use-equals-default)
  few() {}
  few(const few&) = delete;
  few& operator=(const few&) = delete;
  ~few() { std::destroy_n(data(), size_); }

  /// There must be room.
  template <class... Arguments>
  T& add(Arguments&&... arguments) noexcept {
    return *new (&places_[size_++]) T(std::forward<Arguments>(arguments)...);
  }
  [[nodiscard]] std::span<const T> values() noexcept { return {data(), size_}; }

 private:
  struct alignas(T) place {
    std::array<std::byte, sizeof(T)> bytes;
  };
  T* data() noexcept { return std::launder(reinterpret_cast<T*>(places_.data())); }

  std::array<place, most> places_;
  std::size_t size_ = 0;
};

}  // namespace isthmus::veneer
