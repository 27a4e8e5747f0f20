// SPDX-License-Identifier: MIT
//
// What the veneer asks the system about memory beyond what the library's views offer.
#pragma once

#include <isthmus/platform.hpp>
#include <isthmus/section.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace isthmus::veneer {

inline constexpr std::size_t view_alignment = std::size_t{64} * 1024;  // VIEW-09, VIEW-15

[[nodiscard]] std::size_t page_size() noexcept;
[[nodiscard]] std::uint32_t processors() noexcept;

/// An aligned address with `length` free bytes; by the time that it is used it may be free no more.
/// nullptr where the address space is used up.
[[nodiscard]] std::byte* free_place(std::size_t length) noexcept;

/// What may be done with pages from now on (VIEW-08, SEC-18).
struct page_use {
  bool read = false;
  bool write = false;
  bool execute = false;
};
bool protect(std::byte* base, std::size_t length, page_use use) noexcept;

/// Whether the byte at any address can be read, or written, without a fault and without a change of
/// it; asked of the kernel.
[[nodiscard]] bool can_read(const void* address) noexcept;
[[nodiscard]] bool can_write(const void* address) noexcept;

/// Which file it is; equal for two descriptors of one file.
struct file_id {
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  bool operator==(const file_id&) const noexcept = default;
};
[[nodiscard]] file_id id_of(native_handle_type file) noexcept;

/// A copy of a descriptor, closed with this.
class kept_descriptor {
 public:
  kept_descriptor() noexcept = default;
  explicit kept_descriptor(native_handle_type from) noexcept;  ///< empty where that fails
  /// The descriptor itself, not a copy.
  [[nodiscard]] static kept_descriptor own(native_handle_type fd) noexcept {
    kept_descriptor result;
    result.fd_ = fd;
    return result;
  }
  kept_descriptor(kept_descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  kept_descriptor& operator=(kept_descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~kept_descriptor();
  [[nodiscard]] native_handle_type get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ != -1; }

 private:
  native_handle_type fd_ = -1;
};

/// From `offset` on, up to `limit`: whether the bytes of reserved memory are committed, and how
/// many are like that. Where the system cannot tell, they count as committed.
struct run {
  bool committed = true;
  std::uint64_t bytes = 0;
};
[[nodiscard]] run run_at(native_handle_type memory, std::uint64_t offset,
                         std::uint64_t limit) noexcept;

}  // namespace isthmus::veneer
