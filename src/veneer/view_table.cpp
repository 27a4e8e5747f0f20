// SPDX-License-Identifier: MIT
#include "view_table.hpp"

#include "posix/fork.hpp"

#include <algorithm>
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

}  // namespace

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
