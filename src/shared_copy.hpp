// SPDX-License-Identifier: MIT
//
// Reading memory that another process may write at the same moment. Whatever is decided by such a
// number must be decided by one reading of it: a number that is read again after it was checked is
// another number. So it is copied first, then checked, and only the copy is used.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <type_traits>

namespace isthmus::detail {

/// Copies bytes out of shared memory. Each is read once: volatile, so that a compiler can neither
/// read it again later nor use the shared memory instead of the copy.
inline void copy_shared(void* into, const volatile void* from, std::size_t size) noexcept {
  auto* const target = static_cast<unsigned char*>(into);
  const auto* const source = static_cast<const volatile unsigned char*>(from);
  for (std::size_t i = 0; i < size; ++i) target[i] = source[i];
}

/// A copy of an object that lies in shared memory. Its bytes may be of different moments.
template <class T>
[[nodiscard]] T shared_copy(const volatile void* from) noexcept {
  using plain = std::array<unsigned char, sizeof(T)>;
  static_assert(std::is_trivially_copyable_v<T>);
  plain bytes;
  copy_shared(bytes.data(), from, bytes.size());
  return std::bit_cast<T>(bytes);
}

}  // namespace isthmus::detail
