// SPDX-License-Identifier: MIT
//
// Where an object's guard is: in a page of its file that a process maps when it first has to do
// with the guard, with a page of the process's own behind it for the nodes (owners/owner_page.hpp).
// Most objects are never in a wait for all, and have no such page at all.
//
//     mutex    shared   … door ║ own     as mapped from the beginning
//              shared   holder … guard, commit ║ own
//     others   shared   … door ║ own     a second time, for the door's node
//              shared   holder … guard, commit ║ own
#pragma once

#include "failure.hpp"
#include "posix/objects/body.hpp"
#include "posix/owners/owner_page.hpp"
#include "posix/words/layout.hpp"

#include <cstddef>

namespace isthmus::detail {

struct guard_place {
  guard_page* page = nullptr;  ///< nullptr: not mapped
  owner_line* door = nullptr;  ///< the line in which the object's door is

  explicit operator bool() const noexcept { return page != nullptr; }
  [[nodiscard]] std::atomic<std::uint64_t>& word() const noexcept { return page->line.word; }
  [[nodiscard]] std::atomic<std::uint64_t>& commit() const noexcept { return page->line.door; }
  [[nodiscard]] own_part& part() const noexcept { return part_behind(page->line); }
  [[nodiscard]] std::byte* node(const robust_shape& shape) const noexcept {
    return node_behind(page->line, shape);
  }
  [[nodiscard]] std::byte* commit_node(const robust_shape& shape) const noexcept {
    return static_cast<std::byte*>(static_cast<void*>(&page->line.door)) - shape.offset;
  }
};

/// Maps it, if that has not been done. Another thread may do the same.
guard_place map_guard(const body& object, failure& why);
/// The same for those who can do without; nothing where that fails.
guard_place mapped_guard(const body& object) noexcept;
/// With the object.
void unmap_guard(body& object) noexcept;

}  // namespace isthmus::detail
