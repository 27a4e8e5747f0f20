// SPDX-License-Identifier: MIT
#include "firm.hpp"

#include "counted.hpp"
#include "identity.hpp"
#include "record.hpp"
#include "users.hpp"

#include <algorithm>

namespace isthmus::detail {
namespace {

constexpr std::uint32_t nonce_in(std::uint64_t place) noexcept {
  return static_cast<std::uint32_t>(place >> 32);
}
constexpr std::uint32_t number_in(std::uint64_t place) noexcept {
  return static_cast<std::uint32_t>(place);
}

}  // namespace

/// Adds us to our process's place, or makes a free one ours. False: it is another's.
bool firm_place::join(std::atomic<std::uint64_t>& place) noexcept {
  std::uint64_t seen = place.load(std::memory_order_relaxed);
  while (seen == 0 || (nonce_in(seen) == nonce_ && number_in(seen) < counted::most_waiters)) {
    const std::uint64_t next = seen == 0 ? std::uint64_t{nonce_} << 32 | 1 : seen + 1;
    if (!place.compare_exchange_weak(seen, next)) continue;
    place_ = &place;
    return true;
  }
  return false;
}

void firm_place::hold(dispatcher_block& block, std::uint32_t user, std::uint64_t me) noexcept {
  if (place_ != nullptr || me == 0) return;
  nonce_ = nonce_of(me);
  const auto try_all = [&] {
    const auto is_ours = [&](const auto& place) { return nonce_in(place.load()) == nonce_; };
    auto* const ours = std::find_if(block.firm.begin(), block.firm.end(), is_ours);
    return (ours != block.firm.end() && join(*ours)) ||
           std::any_of(block.firm.begin(), block.firm.end(),
                       [&](auto& place) { return join(place); });
  };
  if (!try_all() && forget_dead(block, user)) (void)try_all();
}

void firm_place::drop() noexcept {
  if (place_ == nullptr) return;
  std::uint64_t seen = place_->load(std::memory_order_relaxed);
  // Where somebody who has no business there has written into it, we leave it alone.
  while (nonce_in(seen) == nonce_ && number_in(seen) != 0)
    if (place_->compare_exchange_weak(seen, number_in(seen) == 1 ? 0 : seen - 1)) break;
  place_ = nullptr;
}

std::uint32_t firm_registrations(const dispatcher_block& block) noexcept {
  std::uint32_t sum = 0;
  for (const auto& place : block.firm)
    sum += std::min(number_in(place.load(std::memory_order_acquire)), counted::most_waiters);
  return sum;
}

bool forget_dead(dispatcher_block& block, std::uint32_t user) noexcept {
  bool found = false;
  for (auto& place : block.firm) {
    std::uint64_t seen = place.load(std::memory_order_acquire);
    if (seen != 0 && look_at_process_of(nonce_in(seen), {block, user}) == life_of::dead &&
        place.compare_exchange_strong(seen, 0))
      found = true;
  }
  return found;
}

}  // namespace isthmus::detail
