// SPDX-License-Identifier: MIT
//
// The kernel cuts an exit code to 8 bits when a process says it, so no call gives more back. A code
// that does not fit is a note in the parent's page; where that cannot be reached (another user's
// process, no /proc, another namespace), 8 bits are what there is.
//
// What others write is believed only as far as it agrees with the kernel: a code's low 8 bits.
#include "posix/system/exit_code.hpp"

#include "posix/system/fork.hpp"
#include "posix/system/linux/exit_page.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace isthmus::detail {
namespace {

exit_page* own_or_parents = nullptr;

/// The page that is this process's, not one that a raw clone has left it.
exit_page* own_page() noexcept {
  if (own_or_parents == nullptr || same_process_mask()->load(std::memory_order_relaxed) == 0)
    return nullptr;
  return own_or_parents->process.load(std::memory_order_relaxed) ==
                 static_cast<std::uint32_t>(::getpid())
             ? own_or_parents
             : nullptr;
}

bool fits_the_kernel(std::int32_t code) noexcept { return code >= 0 && code <= 0xFF; }

bool agrees(std::int32_t code, int status) noexcept {
  return WIFEXITED(status) && WEXITSTATUS(status) == (code & 0xFF);
}

void tell_parent(std::int32_t code) noexcept {
  const pid_t parent = ::getppid();
  const pid_t self = ::getpid();
  process_note_of_kernel note{};
  if (parent <= 0 || !read_process_note(self, note)) return;
  exit_page* const page = map_exit_page_of(parent, true);
  if (page == nullptr) return;
  child_note& to = page->children[page->notes.fetch_add(1) % page->children.size()];
  to.process.store(0);
  to.start.store(note.start);
  to.code.store(code);
  to.process.store(static_cast<std::uint32_t>(self));
  unmap_exit_page(page);
}

[[maybe_unused]] const bool hands_over = [] {
  own_or_parents = make_exit_page();
  if (own_or_parents != nullptr) call_at_exit(hand_over);
  return true;
}();

}  // namespace

handed_code::~handed_code() { unmap_exit_page(page_); }

handed_code handed_code::of(pid_t process) noexcept {
  const exit_page* const page = map_exit_page_of(process, false);
  handed_code found(page);
  // A child that a raw clone has made has its parent's.
  if (page != nullptr && page->process.load() != static_cast<std::uint32_t>(process)) return {};
  return found;
}

std::optional<std::int32_t> handed_code::get(pid_t process) const noexcept {
  const auto* const page = static_cast<const exit_page*>(page_);
  if (page == nullptr || page->ended.load() != 1) return std::nullopt;
  const std::int32_t code = page->code.load();
  process_note_of_kernel note{};
  // As long as nobody has reaped it, the kernel tells its status.
  if (read_process_note(process, note) && note.state == 'Z' && !agrees(code, note.status))
    return std::nullopt;
  return code;
}

std::optional<std::int32_t> code_handed_by(pid_t child) noexcept {
  const exit_page* const page = own_page();
  if (page == nullptr) return std::nullopt;
  const std::uint32_t count = page->notes.load();
  process_note_of_kernel kernel{};
  for (std::uint32_t i = 0; i < page->children.size() && i < count; ++i) {  // the latest first
    const child_note& note = page->children[(count - 1 - i) % page->children.size()];
    if (note.process.load() != static_cast<std::uint32_t>(child)) continue;
    const std::int32_t code = note.code.load();
    const std::uint64_t start = note.start.load();
    if (note.process.load() != static_cast<std::uint32_t>(child)) continue;
    if (!read_process_note(child, kernel) || kernel.start != start) return std::nullopt;
    return code;
  }
  return std::nullopt;
}

void hand_over(std::int32_t code) noexcept {
  exit_page* const page = own_page();
  if (page == nullptr) return;
  page->code.store(code);
  page->ended.store(1);
  if (!fits_the_kernel(code)) tell_parent(code);
}

void renew_exit_page() noexcept {
  if (own_or_parents == nullptr) return;
  const int before = errno;
  drop_exit_page(own_or_parents);
  own_or_parents = make_exit_page();
  errno = before;
}

void forget_exit_page() noexcept { own_or_parents = nullptr; }

}  // namespace isthmus::detail
