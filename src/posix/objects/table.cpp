// SPDX-License-Identifier: MIT
#include "posix/objects/table.hpp"

#include "posix/owners/users.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

namespace isthmus::detail {
namespace {

std::mutex table_lock;  // short; forks wait for whoever holds it, because all hold the gate as well

/// Chains of bodies, by what they are called. Never destroyed: it outlives exit handlers.
struct table_chains {
  std::size_t count = 1;
  std::size_t entries = 0;
  body* first = nullptr;  // the only one, before there are more
  body** all = &first;

  [[nodiscard]] body*& of(std::size_t hash) const noexcept { return all[hash & (count - 1)]; }
};
constinit table_chains open_objects;

std::size_t table_hash(const directory& dir, std::string_view file, bool read_only) noexcept {
  return std::hash<std::string_view>{}(file) ^ std::hash<const directory*>{}(&dir) * 31 ^
         (read_only ? 1 : 0);
}

/// Longer table_chains do where there is no memory for more of them.
void grow_table() noexcept {
  table_chains larger;
  larger.count = open_objects.count * 8;
  larger.entries = open_objects.entries;
  larger.all = new (std::nothrow) body* [larger.count] {};
  if (larger.all == nullptr) return;
  for (std::size_t i = 0; i < open_objects.count; ++i)
    while (body* const one = open_objects.all[i]) {
      open_objects.all[i] = one->next;
      one->next = std::exchange(larger.of(one->hash), one);
    }
  if (open_objects.all != &open_objects.first) delete[] open_objects.all;
  open_objects = larger;
}

bool visit_table(const std::function<bool(dispatcher_block&)>& visit) {
  const auto all = table_all();
  return std::all_of(all.begin(), all.end(), [&](const std::shared_ptr<body>& object) {
    return object->page == nullptr || object->facts.abroad || visit(object->block());
  });
}

}  // namespace

std::shared_ptr<body> table_find(const directory& dir, std::string_view file,
                                 bool read_only) noexcept {
  const std::size_t hash = table_hash(dir, file, read_only);
  const std::scoped_lock guard{table_lock};
  for (body* one = open_objects.of(hash); one != nullptr; one = one->next) {
    if (one->hash != hash || one->dir.get() != &dir || one->read_only != read_only ||
        one->entry.view() != file)
      continue;
    // One that is on its way out is passed over; another may have come since. The pointers must be
    // of the body's own type: to convert a weak one takes a strong one for a moment, which may be
    // the last, and whose end would come back here for the lock.
    if (auto known = one->weak_from_this().lock()) return known;
  }
  return nullptr;
}

void table_add(body& made) noexcept {
  made.hash = table_hash(*made.dir, made.entry.view(), made.read_only);
  const std::scoped_lock guard{table_lock};
  if (open_objects.entries >= open_objects.count) grow_table();
  made.next = std::exchange(open_objects.of(made.hash), &made);
  made.in_table = true;
  ++open_objects.entries;
  all_objects_here.store(visit_table, std::memory_order_release);
}

void table_remove(body& gone) noexcept {
  const std::scoped_lock guard{table_lock};
  if (!std::exchange(gone.in_table, false)) return;
  body** place = &open_objects.of(gone.hash);
  while (*place != &gone) place = &(*place)->next;
  *place = gone.next;
  --open_objects.entries;
}

std::vector<std::shared_ptr<body>> table_all() {
  std::vector<std::shared_ptr<body>> all;  // outlives the lock: the last of an object comes here
  const std::scoped_lock guard{table_lock};
  all.reserve(open_objects.entries);
  for (std::size_t i = 0; i < open_objects.count; ++i)
    for (body* one = open_objects.all[i]; one != nullptr; one = one->next)
      if (auto known = one->weak_from_this().lock()) all.push_back(std::move(known));
  return all;
}

}  // namespace isthmus::detail
