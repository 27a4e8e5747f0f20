// SPDX-License-Identifier: MIT
#include "posix/owners/self.hpp"

#include "posix/owners/modules.hpp"
#include "posix/owners/witness.hpp"
#include "posix/system/no_cancel.hpp"
#include "posix/system/random.hpp"
#include "posix/system/seam.hpp"

#include <algorithm>

namespace isthmus::detail {

thread_local constinit owning_thread noted_thread;

namespace {

/// The leading copy's.
constinit std::atomic<std::uint32_t> made_nonce = 0;
/// Any copy's: the nonce that its threads have enrolled with.
constinit std::atomic<std::uint32_t> used_nonce = 0;

}  // namespace

std::uint32_t nonce_for_module() noexcept {
  (void)fork_generation();  // a child that no handler has seen becomes somebody of its own here
  std::uint32_t known = made_nonce.load(std::memory_order_acquire);
  if (known != 0) return known;
  const auto random = static_cast<std::uint32_t>(random_number()) & owner_word::most_nonce;
  const std::uint32_t made = std::max(random, 1u);
  return made_nonce.compare_exchange_strong(known, made) ? made : known;
}

std::uint32_t process_nonce() noexcept {
  return same_process() ? used_nonce.load(std::memory_order_relaxed) : 0;
}

owning_thread* known_thread() noexcept {
  (void)fork_generation();  // a child that no handler has seen becomes somebody of its own here
  return noted_thread.token != 0 ? &noted_thread : nullptr;
}

owning_thread* enrolled_thread() noexcept {
  if (owning_thread* const known = known_thread()) return known;
  if (noted_thread.recorded || seam::no_lists) return nullptr;
  const no_cancel whole;
  const robust_shape* const shape = known_shape();
  robust_head* const list = shape != nullptr ? own_robust_head() : nullptr;
  noted_thread.recorded = list == nullptr;
  if (noted_thread.recorded) return nullptr;
  find_own_facts();
  const std::uint32_t nonce = leader().nonce();
  used_nonce.store(nonce, std::memory_order_relaxed);
  noted_mask.store(same_process_mask(), std::memory_order_relaxed);
  noted_thread.list = list;
  noted_thread.start = own_start();
  noted_thread.owned = 0;
  noted_thread.usual = shape->offset == usual_shape.offset && shape->has_prev &&
                       shape->head_has_prev && sizeof(void*) == 8;
  noted_thread.token = owner_word::make(nonce, own_thread_number());
  return &noted_thread;
}

void forget_own_thread() noexcept {
  noted_thread = {};
  made_nonce.store(0, std::memory_order_relaxed);
  used_nonce.store(0, std::memory_order_relaxed);
  forget_own_facts();
}

}  // namespace isthmus::detail
