// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>

namespace isthmus::detail {

/// Which threads' latest acquisition through one handle was of an abandoned mutex. Almost always
/// empty, and then asking costs one load. No locks: a fork in another thread would leave them
/// locked.
class abandoned_notes {
 public:
  abandoned_notes() = default;
  abandoned_notes(const abandoned_notes&) = delete;
  abandoned_notes& operator=(const abandoned_notes&) = delete;
  ~abandoned_notes();
  [[nodiscard]] bool any() const noexcept { return count_.load(std::memory_order_relaxed) != 0; }
  /// Notes how this thread's latest acquisition went.
  void note(bool abandoned) noexcept;
  /// Whether this thread's was of an abandoned one.
  [[nodiscard]] bool noted() const noexcept;

 private:
  struct entry {  // stays with the handle; used again when its thread needs it no more
    std::atomic<std::uint64_t> thread;
    entry* next;
  };
  [[nodiscard]] entry* find(std::uint64_t thread) const noexcept;

  std::atomic<entry*> first_ = nullptr;
  std::atomic<std::uint32_t> count_ = 0;
};

}  // namespace isthmus::detail
