// SPDX-License-Identifier: MIT
//
// Exit codes of 32 bits. Where the kernel keeps 8 of them, a process that ends hands its code over
// by itself: in a page of its own, which others map who open the process by its number, and, if 8
// bits are too few, in the page of its parent as well. One file per system; "none" is always a
// right answer.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <utility>

namespace isthmus::detail {

/// The page of another process, mapped while that process runs, so that it can be read afterwards.
class handed_code {
 public:
  handed_code() noexcept = default;
  handed_code(handed_code&& other) noexcept : page_(std::exchange(other.page_, nullptr)) {}
  handed_code& operator=(handed_code&& other) noexcept {
    std::swap(page_, other.page_);
    return *this;
  }
  ~handed_code();

  /// Empty where the process has no page, or its page is out of reach.
  [[nodiscard]] static handed_code of(pid_t process) noexcept;
  explicit operator bool() const noexcept { return page_ != nullptr; }
  /// To be asked when the process has ended. Absent where it said nothing, or where the kernel
  /// knows of another end.
  [[nodiscard]] std::optional<std::int32_t> get(pid_t process) const noexcept;

 private:
  explicit handed_code(const void* page) noexcept : page_(page) {}
  const void* page_ = nullptr;
};

/// The code that a child of this process has handed over, if it did. To be asked when the child has
/// ended and before it is reaped: until then nothing else has its number.
[[nodiscard]] std::optional<std::int32_t> code_handed_by(pid_t child) noexcept;

/// Hands over the code of this process, which is about to end.
void hand_over(std::int32_t code) noexcept;

/// In a fork's child: a page of its own for that of its parent. In one that no handler has seen (a
/// raw clone), none: it may share its descriptors with the parent.
void renew_exit_page() noexcept;
void forget_exit_page() noexcept;

/// The C library's part: `handler` is called with the code when this process ends by exit() or by
/// the return of main. Nothing where the library does not tell handlers the code.
void call_at_exit(void (*handler)(std::int32_t code)) noexcept;

}  // namespace isthmus::detail
