// SPDX-License-Identifier: MIT
#include "view_table.hpp"

#include "posix/fork.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <utility>

namespace isthmus::veneer {
namespace {

using views = std::map<std::uintptr_t, std::shared_ptr<const mapped_view>>;

std::mutex views_lock;  // guards what follows
/// By their bases. A leak on purpose: it serves in exit handlers, too.
views& table() {
  static auto* const all = new views;
  return *all;
}

/// A child has all views that its parent had.
const at_fork watch_views({[] { views_lock.lock(); }, [] { views_lock.unlock(); },
                           [] { views_lock.unlock(); }});

views::iterator find(const void* address) {
  const auto number = reinterpret_cast<std::uintptr_t>(address);
  auto next = table().upper_bound(number);
  if (next == table().begin()) return table().end();
  --next;
  return number - next->first < next->second->length ? next : table().end();
}

page_use allowed_use_of(DWORD protection) noexcept {
  switch (protection) {
    case PAGE_READONLY:
      return {.read = true};
    case PAGE_READWRITE:
    case PAGE_WRITECOPY:
      return {.read = true, .write = true};
    case PAGE_EXECUTE:
      return {.execute = true};
    case PAGE_EXECUTE_READ:
      return {.read = true, .execute = true};
    case PAGE_EXECUTE_READWRITE:
    case PAGE_EXECUTE_WRITECOPY:
      return {.read = true, .write = true, .execute = true};
    default:
      return {};
  }
}

/// The lock is held.
protected_run protected_at(const mapped_view& within, std::size_t offset) noexcept {
  auto next = within.changed.upper_bound(offset);
  const DWORD here = next != within.changed.begin() ? std::prev(next)->second : within.protection;
  while (next != within.changed.end() && next->second == here) ++next;
  return {here, next != within.changed.end() ? next->first : within.length};
}

}  // namespace

protected_run protection_at(const mapped_view& within, std::size_t offset) noexcept {
  const std::scoped_lock held(views_lock);
  return protected_at(within, offset);
}

bool change_protection(const mapped_view& within, std::size_t first, std::size_t end,
                       DWORD protection) {
  const std::scoped_lock held(views_lock);
  auto changed = within.changed;
  const DWORD behind = protected_at(within, end - 1).protection;
  changed.erase(changed.upper_bound(first), changed.lower_bound(end));
  changed[first] = protection;
  if (end < within.length) changed.try_emplace(end, behind);
  if (!protect(within.base + first, end - first, allowed_use_of(protection))) return false;
  within.changed.swap(changed);
  return true;
}

void add_view(mapped_view what) {
  const auto base = reinterpret_cast<std::uintptr_t>(what.base);
  auto made = std::make_shared<const mapped_view>(std::move(what));
  const std::scoped_lock held(views_lock);
  table().insert_or_assign(base, std::move(made));
}

std::shared_ptr<const mapped_view> view_at(const void* address) noexcept {
  const std::scoped_lock held(views_lock);
  const auto found = find(address);
  return found != table().end() ? found->second : nullptr;
}

std::shared_ptr<const mapped_view> take_view(const void* address) noexcept {
  const std::scoped_lock held(views_lock);
  const auto found = find(address);
  if (found == table().end()) return nullptr;
  auto result = std::move(found->second);
  table().erase(found);
  return result;
}

bool has_view_of(const file_id& file) noexcept {
  const std::scoped_lock held(views_lock);
  return std::any_of(table().begin(), table().end(),
                     [&](const auto& one) { return one.second->file == file; });
}

}  // namespace isthmus::veneer
