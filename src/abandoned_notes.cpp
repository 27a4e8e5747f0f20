// SPDX-License-Identifier: MIT
#include "abandoned_notes.hpp"

#include <new>
#include <utility>

namespace isthmus::detail {
namespace {

/// A number that no other thread of this process has or had.
std::uint64_t this_thread_key() noexcept {
  static std::atomic<std::uint64_t> last = 0;
  thread_local const std::uint64_t key = last.fetch_add(1, std::memory_order_relaxed) + 1;
  return key;
}

}  // namespace

abandoned_notes::~abandoned_notes() {
  for (entry* one = first_.load(); one != nullptr;) delete std::exchange(one, one->next);
}

abandoned_notes::entry* abandoned_notes::find(std::uint64_t thread) const noexcept {
  entry* one = first_.load(std::memory_order_acquire);
  while (one != nullptr && one->thread.load(std::memory_order_relaxed) != thread) one = one->next;
  return one;
}

void abandoned_notes::note(bool abandoned) noexcept {
  if (!abandoned && !any()) return;
  const std::uint64_t key = this_thread_key();
  entry* const mine = find(key);
  if ((mine != nullptr) == abandoned) return;
  if (mine != nullptr) {
    mine->thread.store(0, std::memory_order_relaxed);
    count_.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  std::uint64_t nobody = 0;
  entry* const unused = find(0);
  if (unused == nullptr ||
      !unused->thread.compare_exchange_strong(nobody, key, std::memory_order_relaxed)) {
    auto* const made = new (std::nothrow) entry{key, first_.load(std::memory_order_relaxed)};
    if (made == nullptr) return;  // the mutex is ours all the same, and the wait's status says how
    while (!first_.compare_exchange_weak(made->next, made, std::memory_order_release)) {
    }
  }
  count_.fetch_add(1, std::memory_order_relaxed);
}

bool abandoned_notes::noted() const noexcept { return any() && find(this_thread_key()) != nullptr; }

}  // namespace isthmus::detail
