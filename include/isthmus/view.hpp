// SPDX-License-Identifier: MIT
//
// Views: a section's bytes at an address of this process.
//
//     auto memory = isthmus::view::map(orders);                                // all of it
//     auto page   = isthmus::const_view::map(orders, {.offset = 70'000, .length = 4096});
//     memory.as<table>().rows += 1;
//
// `view` is writable (shared, or private with copy_on_write), `const_view` is read-only, by type
// and by the pages' protection. Views outlive their section and keep its bytes (VIEW-23), not its
// name (LIFE-02). They are not inherited by started children (VIEW-27).
//
// Never trust what another process may write: check lengths and offsets that you read from shared
// bytes, and read a value once before you check it (ACL-14).
//
//   Win32   MapViewOfFileEx and its kin
//   POSIX   mmap. Differs: the granularity of addresses is the page, not 64 KiB (VIEW-09, VIEW-15);
//           a const_view of a writable handle could be made writable by mprotect, that of a
//           read-only handle cannot (VIEW-22); after a fork without exec, a view that the child has
//           inherited keeps the name until it is unmapped there.
//
// One rule for addresses, given or chosen: data() is congruent to `offset` modulo the granularity
// of addresses. So the address of a view can be asked for again once that view has been unmapped.
#pragma once

#include <isthmus/platform.hpp>
#include <isthmus/section.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <system_error>
#include <type_traits>
#include <utility>

namespace isthmus {

/// Which part of a section a view shows, and how.
struct view_options {
  /// Any offset: the library aligns it down and data() points at what was asked for.
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  ///< bytes; 0 is everything from `offset` on (VIEW-11)
  /// Exactly here, or address_in_use (VIEW-17). The address must be congruent to `offset` modulo
  /// the granularity: the page on POSIX, 64 KiB on Win32, which serves everywhere. If not, or where
  /// no program can have memory: invalid_argument. nullptr: anywhere.
  void* address = nullptr;
  bool copy_on_write = false;  ///< `view` only: pages become private when written (VIEW-19)
  bool execute = false;        ///< the bytes may be run; needs the right (VIEW-07)
};

namespace detail {

/// What both kinds of view are made of.
class mapping {
 public:
  mapping() noexcept = default;
  mapping(mapping&& other) noexcept { swap(other); }
  mapping& operator=(mapping&& other) noexcept {
    mapping(std::move(other)).swap(*this);
    return *this;
  }
  ISTHMUS_API ~mapping();

  void swap(mapping& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(owner_, other.owner_);
  }

  explicit operator bool() const noexcept { return data_ != nullptr; }
  /// Bytes, as requested (not rounded to the page).
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Removes the view, then this is empty. Written bytes of a file reach it by and by (VIEW-30).
  ISTHMUS_API void unmap();
  ISTHMUS_API void unmap(std::error_code& ec) noexcept;

 protected:
  struct part {  // a typed piece of the view, checked
    std::uint64_t offset;
    std::uint64_t count;
    std::size_t size;
    std::size_t alignment;
  };
  ISTHMUS_API static void map(mapping& self, const section& from, const view_options& options,
                              bool writable);
  ISTHMUS_API static void map(mapping& self, const section& from, const view_options& options,
                              bool writable, std::error_code& ec) noexcept;
  /// The address of a part, or out_of_range, or invalid_argument where it is not aligned.
  [[nodiscard]] ISTHMUS_API void* at(const part& piece) const;

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  void* owner_ = nullptr;  // the backend's
};

}  // namespace detail

/// A view that may be written.
class view : public detail::mapping {
 public:
  /// Maps a part of the section. Errors: access_denied where the handle lacks the right to write
  /// (with copy_on_write: to read, VIEW-05), out_of_range beyond the section (VIEW-12, VIEW-13),
  /// not_enough_memory where the address space is used up.
  [[nodiscard]] static view map(const section& from, const view_options& options = {}) {
    view result;
    mapping::map(result, from, options, true);
    return result;
  }
  [[nodiscard]] static view map(const section& from, const view_options& options,
                                std::error_code& ec) noexcept {
    view result;
    mapping::map(result, from, options, true, ec);
    return result;
  }

  /// The first byte asked for.
  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::span<std::byte> bytes() const noexcept { return {data_, size_}; }

  /// The bytes at `offset` as an object, checked for size and alignment. It does not run a
  /// constructor: new sections are zeroed.
  template <class T>
  [[nodiscard]] T& as(std::uint64_t offset = 0) const {
    static_assert(std::is_trivially_copyable_v<T>, "only plain data can be shared");
    return *static_cast<T*>(at({offset, 1, sizeof(T), alignof(T)}));
  }
  /// `count` objects at `offset`, checked likewise.
  template <class T>
  [[nodiscard]] std::span<T> span(std::uint64_t offset, std::size_t count) const {
    static_assert(std::is_trivially_copyable_v<T>, "only plain data can be shared");
    return {static_cast<T*>(at({offset, count, sizeof(T), alignof(T)})), count};
  }

  /// Starts writing changed bytes of a file to the disk; 0 is to the end. Memory and private pages:
  /// nothing to do (VIEW-28). POSIX waits for the disk, Win32 only starts it (HARD-34).
  ISTHMUS_API void flush(std::uint64_t offset = 0, std::uint64_t length = 0) const;
  ISTHMUS_API void flush(std::uint64_t offset, std::uint64_t length,
                         std::error_code& ec) const noexcept;

  /// Commits pages of a `reserve` section, for every view of it, or no_space. Must come before they
  /// are touched; committing again changes nothing (SEC-18).
  ISTHMUS_API void commit(std::uint64_t offset, std::uint64_t length) const;
  ISTHMUS_API void commit(std::uint64_t offset, std::uint64_t length,
                          std::error_code& ec) const noexcept;
};

/// A view that can only be read.
class const_view : public detail::mapping {
 public:
  /// Maps a part of the section; needs the right to read. copy_on_write makes no sense here:
  /// invalid_argument.
  [[nodiscard]] static const_view map(const section& from, const view_options& options = {}) {
    const_view result;
    mapping::map(result, from, options, false);
    return result;
  }
  [[nodiscard]] static const_view map(const section& from, const view_options& options,
                                      std::error_code& ec) noexcept {
    const_view result;
    mapping::map(result, from, options, false, ec);
    return result;
  }

  /// The first byte asked for.
  [[nodiscard]] const std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }

  /// The bytes at `offset` as an object, checked for size and alignment.
  template <class T>
  [[nodiscard]] const T& as(std::uint64_t offset = 0) const {
    static_assert(std::is_trivially_copyable_v<T>, "only plain data can be shared");
    return *static_cast<const T*>(at({offset, 1, sizeof(T), alignof(T)}));
  }
  /// `count` objects at `offset`, checked likewise.
  template <class T>
  [[nodiscard]] std::span<const T> span(std::uint64_t offset, std::size_t count) const {
    static_assert(std::is_trivially_copyable_v<T>, "only plain data can be shared");
    return {static_cast<const T*>(at({offset, count, sizeof(T), alignof(T)})), count};
  }
};

}  // namespace isthmus
