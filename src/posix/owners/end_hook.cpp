// SPDX-License-Identifier: MIT
#include "posix/owners/end_hook.hpp"

#include "posix/system/fork.hpp"

#include <pthread.h>

#include <cerrno>
#include <cstdint>

namespace isthmus::detail {
namespace {

pthread_key_t key;
int key_error = EAGAIN;

/// Runs when a thread ends, as the last of its destructors: those before may still lock and unlock.
void at_end(void* value) {
  auto* const slot = static_cast<thread_slot*>(value);
  if (!same_process()) return;  // the parent's, not ours
  if (++slot->put_off < 3 && ::pthread_setspecific(key, value) == 0) return;
  slot->gone.store(1, std::memory_order_release);
}

}  // namespace

int arm_by_hook(thread_slot& slot) noexcept {
  static const int made = (key_error = ::pthread_key_create(&key, at_end));
  if (made != 0) return made;
  slot.put_off = 0;
  return ::pthread_setspecific(key, &slot);
}

void disarm_hook() noexcept {
  if (key_error == 0) ::pthread_setspecific(key, nullptr);
}

}  // namespace isthmus::detail
