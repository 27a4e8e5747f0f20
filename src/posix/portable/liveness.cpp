// SPDX-License-Identifier: MIT
#include "liveness.hpp"

#include <pthread.h>

#include <cerrno>
#include <cstdint>

namespace isthmus::detail {
namespace {

/// What a thread's end needs. In the slot's own storage, where nobody else looks.
struct farewell {
  const process_mask* mask;
  std::uint32_t rounds;
};
static_assert(sizeof(farewell) <= sizeof(thread_slot::storage));

pthread_key_t key;
int key_error = EAGAIN;

/// Runs when a thread ends, as the last of its destructors: those before may still lock and unlock.
void at_end(void* value) {
  auto* const slot = static_cast<thread_slot*>(value);
  auto* const note = static_cast<farewell*>(static_cast<void*>(slot->storage.data()));
  if (note->mask->load(std::memory_order_relaxed) == 0) return;  // the parent's, not ours
  if (++note->rounds < 3 && ::pthread_setspecific(key, value) == 0) return;
  slot->gone.store(1, std::memory_order_release);
}

}  // namespace

std::optional<std::uint32_t> robust_word() { return std::nullopt; }

int arm_slot(thread_slot& slot, const process_mask* mask) noexcept {
  static const int made = (key_error = ::pthread_key_create(&key, at_end));
  if (made != 0) return made;
  *static_cast<farewell*>(static_cast<void*>(slot.storage.data())) = {mask, 0};
  return ::pthread_setspecific(key, &slot);
}

void disarm_slot() noexcept {
  if (key_error == 0) ::pthread_setspecific(key, nullptr);
}

}  // namespace isthmus::detail
