// SPDX-License-Identifier: MIT
#include "table.hpp"

#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace isthmus::detail {
namespace {

std::mutex table_lock;  // short; forks wait for whoever holds it, because all hold the gate as well

using entries = std::unordered_map<std::string, std::weak_ptr<body>>;

entries& table() {
  static auto* const instance = new entries;  // outlives exit handlers
  return *instance;
}

std::string key_of(std::string_view file, bool read_only) {
  std::string key(file);
  if (read_only) key += '/';
  return key;
}

}  // namespace

std::shared_ptr<body> table_find(const directory& dir, std::string_view file, bool read_only) {
  const std::string key = key_of(file, read_only);
  std::shared_ptr<body> known;  // outlives the lock: it may be the last one, and then comes here
  const std::scoped_lock guard{table_lock};
  const auto place = table().find(key);
  if (place == table().end()) return nullptr;
  known = place->second.lock();
  return known && known->dir.get() == &dir ? known : nullptr;
}

void table_add(const std::shared_ptr<body>& made, std::string_view file) {
  std::string key = key_of(file, made->read_only);
  const std::scoped_lock guard{table_lock};
  table()[std::move(key)] = made;
}

void table_remove(const body& gone, std::string_view file) noexcept {
  const std::string key = key_of(file, gone.read_only);
  const std::scoped_lock guard{table_lock};
  const auto place = table().find(key);
  if (place != table().end() && place->second.expired()) table().erase(place);
}

std::vector<std::shared_ptr<body>> table_all() {
  std::vector<std::shared_ptr<body>> all;  // outlives the lock, as above
  const std::scoped_lock guard{table_lock};
  all.reserve(table().size());
  for (const auto& [key, entry] : table())
    if (auto known = entry.lock()) all.push_back(std::move(known));
  return all;
}

}  // namespace isthmus::detail
