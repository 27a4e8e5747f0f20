// SPDX-License-Identifier: MIT
//
// What the shared page of a dispatcher object says, by a mapping of our own: so tests can wait
// until somebody is certainly registered or asleep.
#pragma once

#include "forked.hpp"

#include "posix/names/anchor.hpp"
#include "posix/words/counted.hpp"
#include "posix/words/latch.hpp"
#include "posix/words/layout.hpp"
#include "posix/words/mutex_word.hpp"

#include <isthmus/native.hpp>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>

#include <sys/mman.h>

namespace white {

class page_of {
 public:
  explicit page_of(const isthmus::waitable& of)
      : page_(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, isthmus::native_handle(of),
                     static_cast<off_t>(isthmus::detail::page_size()))) {
    if (page_ == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    isthmus::detail::anchor_header header{};
    std::memcpy(&header, page_, sizeof header);
    is_mutex_ = header.kind == isthmus::detail::kind::mutex;
    block_ = static_cast<isthmus::detail::dispatcher_block*>(static_cast<void*>(
        static_cast<std::byte*>(page_) + isthmus::detail::block_place(header.identity)));
  }
  page_of(const page_of&) = delete;
  page_of& operator=(const page_of&) = delete;
  ~page_of() { ::munmap(page_, size); }

  isthmus::detail::dispatcher_block* operator->() const noexcept { return block_; }

  [[nodiscard]] isthmus::detail::owner_line& line() const noexcept {
    return isthmus::detail::line_of(*block_);
  }
  /// Of a mutex it is in the line.
  [[nodiscard]] std::uint64_t word() const noexcept {
    return is_mutex_ ? line().word : block_->state.word;
  }
  /// Of semaphores, automatic events and automatic timers.
  [[nodiscard]] std::uint32_t waiting() const noexcept {
    return isthmus::detail::counted::waiting(word());
  }
  [[nodiscard]] std::uint32_t granted() const noexcept {
    return isthmus::detail::counted::granted(word());
  }
  [[nodiscard]] std::uint32_t count() const noexcept {
    return static_cast<std::uint32_t>(word() >> 32) & 0x7FFFFFFF;
  }
  /// Waits for all that sleep here.
  [[nodiscard]] std::uint32_t all() const noexcept { return block_->state.all & 255; }

  /// The same, waited for.
  [[nodiscard]] bool has_waiting(std::uint32_t number) const {
    return support::eventually([&] { return waiting() == number; });
  }
  [[nodiscard]] bool has_all(std::uint32_t number) const {
    return support::eventually([&] { return all() == number; });
  }

 private:
  static constexpr std::size_t size = isthmus::detail::dispatcher_page_size;
  void* page_;
  isthmus::detail::dispatcher_block* block_ = nullptr;
  bool is_mutex_ = false;
};

}  // namespace white
