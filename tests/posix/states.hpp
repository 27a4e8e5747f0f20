// SPDX-License-Identifier: MIT
//
// What the shared page of a dispatcher object says, by a mapping of our own: so tests can wait
// until somebody is certainly registered or asleep.
#pragma once

#include "forked.hpp"

#include "counted.hpp"
#include "latch.hpp"
#include "layout.hpp"
#include "mutex_word.hpp"

#include <isthmus/native.hpp>

#include <system_error>

#include <sys/mman.h>

namespace white {

class page_of {
 public:
  explicit page_of(const isthmus::waitable& of)
      : page_(static_cast<isthmus::detail::dispatcher_page*>(::mmap(
            nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, isthmus::native_handle(of), 0))) {
    if (page_ == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  }
  page_of(const page_of&) = delete;
  page_of& operator=(const page_of&) = delete;
  ~page_of() { ::munmap(page_, size); }

  isthmus::detail::dispatcher_page* operator->() const noexcept { return page_; }

  [[nodiscard]] std::uint64_t word() const noexcept { return page_->state.word; }
  /// Of semaphores, automatic events and automatic timers.
  [[nodiscard]] std::uint32_t waiting() const noexcept {
    return isthmus::detail::counted::waiting(word());
  }
  [[nodiscard]] std::uint32_t granted() const noexcept {
    return isthmus::detail::counted::granted(word());
  }
  [[nodiscard]] std::uint32_t count() const noexcept {
    return static_cast<std::uint32_t>(word() >> 32);
  }
  /// Waits for all that sleep here.
  [[nodiscard]] std::uint32_t all() const noexcept { return page_->state.all & 255; }

  /// The same, waited for.
  [[nodiscard]] bool has_waiting(std::uint32_t number) const {
    return support::eventually([&] { return waiting() == number; });
  }
  [[nodiscard]] bool has_all(std::uint32_t number) const {
    return support::eventually([&] { return all() == number; });
  }

 private:
  static constexpr std::size_t size = sizeof(isthmus::detail::dispatcher_page);
  isthmus::detail::dispatcher_page* page_;
};

}  // namespace white
