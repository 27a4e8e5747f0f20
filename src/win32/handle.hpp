// SPDX-License-Identifier: MIT
//
// Owning handles.
#pragma once

#include "win32/windows.hpp"

#include <cstdint>
#include <utility>

namespace isthmus::detail {

/// The handle with this number, as another process has told it.
inline HANDLE handle_with(std::uint64_t number) noexcept {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): handles are numbers
  return reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(number));
}

/// Closes a handle. Both of the values that the system uses for "none" count as empty.
class unique_handle {
 public:
  unique_handle() noexcept = default;
  explicit unique_handle(HANDLE handle) noexcept
      : handle_(handle == INVALID_HANDLE_VALUE ? nullptr : handle) {}
  unique_handle(unique_handle&& other) noexcept : handle_(other.release()) {}
  unique_handle& operator=(unique_handle&& other) noexcept {
    unique_handle(std::move(other)).swap(*this);
    return *this;
  }
  ~unique_handle() {
    if (handle_ != nullptr) ::CloseHandle(handle_);
  }

  void swap(unique_handle& other) noexcept { std::swap(handle_, other.handle_); }
  explicit operator bool() const noexcept { return handle_ != nullptr; }
  [[nodiscard]] HANDLE get() const noexcept { return handle_; }
  [[nodiscard]] HANDLE release() noexcept { return std::exchange(handle_, nullptr); }

 private:
  HANDLE handle_ = nullptr;
};

}  // namespace isthmus::detail
