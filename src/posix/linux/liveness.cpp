// SPDX-License-Identifier: MIT
#include "liveness.hpp"

#include "atomically.hpp"
#include "owners/end_hook.hpp"
#include "owners/robust_list.hpp"
#include "robust_mutex.hpp"

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace isthmus::detail {
namespace {

static_assert(sizeof(pthread_mutex_t) <= sizeof(thread_slot::storage));

int lock_in(thread_slot& slot) noexcept {
  return lock_new_robust(*std::bit_cast<pthread_mutex_t*>(slot.storage.data()));
}

/// Where the kernel looks for the futex word of the mutex that this thread has locked last: the
/// first entry of its robust list says so, whatever the C library's mutex looks like.
const std::byte* word_of_latest() noexcept {
  robust_head* const head = current_robust_head();
  if (head == nullptr || robust::without_mark(head->next) == robust::node_of(*head)) return nullptr;
  return robust::without_mark(head->next) + head->offset;
}

std::optional<std::uint32_t> find_word() {
  thread_slot probe{};
  if (lock_in(probe) != 0) return std::nullopt;
  const std::byte* const word = word_of_latest();
  ::pthread_mutex_unlock(std::bit_cast<pthread_mutex_t*>(probe.storage.data()));
  const auto place = word - probe.storage.data();
  if (word == nullptr || place < 0 ||
      static_cast<std::size_t>(place) > probe.storage.size() - sizeof(std::uint32_t) ||
      place % 4 != 0)
    return std::nullopt;
  return static_cast<std::uint32_t>(place);
}

}  // namespace

std::optional<std::uint32_t> robust_word() {
  static std::atomic<std::uint32_t> found = 0;  // plus one
  const std::uint32_t known = found.load(std::memory_order_relaxed);
  if (known != 0) return known - 1;
  const auto word = find_word();  // where that fails, it may not the next time
  if (word) found.store(*word + 1, std::memory_order_relaxed);
  return word;
}

int arm_slot(thread_slot& slot, bool robust) noexcept {
  if (!robust) return arm_by_hook(slot);
  const auto place = robust_word();
  if (!place) return ENOSYS;
  slot.storage = {};
  if (const int error = lock_in(slot); error != 0) return error;
  // Without this mark the kernel would not wake anybody when the thread dies.
  auto* const word = std::bit_cast<std::uint32_t*>(slot.storage.data() + *place);
  atomically(*word).fetch_or(FUTEX_WAITERS, std::memory_order_relaxed);
  return 0;
}

void disarm_slot() noexcept { disarm_hook(); }  // the child's robust list is empty

}  // namespace isthmus::detail
