// SPDX-License-Identifier: MIT
//
// The page in which processes hand over their exit codes: a file in memory of this name without any
// path, which everybody who may finds among the descriptors of the process, in /proc. So nothing is
// left when the process and those who mapped it are gone.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace isthmus::detail {

/// What a child says. Its number is written last and taken away first.
struct child_note {
  std::atomic<std::uint32_t> process;
  std::atomic<std::int32_t> code;
  std::atomic<std::uint64_t> start;  ///< when the child was started, in the kernel's ticks
};

struct exit_page {
  static constexpr std::uint64_t sign = 0x3130'7469'7865'7369;  // "isexit01"
  std::uint64_t mark;
  std::atomic<std::uint32_t> process;  ///< whose it is
  std::atomic<std::uint32_t> ended;    ///< 1 when `code` has been written
  std::atomic<std::int32_t> code;
  std::atomic<std::uint32_t> notes;  ///< how many there have been: each takes the next place
  std::array<child_note, 253> children;
};
static_assert(sizeof(child_note) == 16 && sizeof(exit_page) <= 4096);
inline constexpr std::size_t exit_page_size = 4096;

/// The page of a process, or nullptr. `writable` or not, it is unmapped with unmap_exit_page.
exit_page* map_exit_page_of(pid_t process, bool writable) noexcept;
void unmap_exit_page(const void* page) noexcept;

/// A new page for this process, which keeps a descriptor of it open for others to find; nullptr
/// where that cannot be had.
exit_page* make_exit_page() noexcept;
/// In a fork's child: gives the parent's page up.
void drop_exit_page(exit_page* page) noexcept;

/// What /proc says of a process.
struct process_note_of_kernel {
  char state;
  std::uint64_t start;
  int status;  ///< of one that has ended, as waitpid gives it
};
bool read_process_note(pid_t process, process_note_of_kernel& note) noexcept;

}  // namespace isthmus::detail
