// SPDX-License-Identifier: MIT
#include "posix/owners/door.hpp"

namespace isthmus::detail::door {
namespace {

/// Whether the holder that a marked door tells of owns the mutex: it lives, then.
bool owns(std::uint64_t holder, std::uint64_t mutex) noexcept {
  return owner_word::owner(mutex) != 0 && !owner_word::is_dead(mutex) &&
         owner_word::nonce(mutex) == owner_word::nonce(holder);
}

}  // namespace

bool enter(owner_line& line, own_part& part, const robust_shape& shape) noexcept {
  robust_head& list = *noted_thread.list;
  std::byte* const node = node_in(part, shape);
  std::uint64_t seen = line.door.load(std::memory_order_acquire);
  if (seen != 0 && (!owner_word::is_dead(seen) || owns(seen, line.word.load()))) return false;
  robust::announce(list, node);
  const bool entered =
      line.door.compare_exchange_strong(seen, noted_thread.token, std::memory_order_acq_rel);
  if (entered) enlist(node, shape);
  robust::announce_done(list);
  return entered;
}

bool is_held(const owner_line& line) noexcept {
  const std::uint64_t seen = line.door.load(std::memory_order_acquire);
  return seen == noted_thread.token || seen == owner_word::buried(noted_thread.token);
}

void bury(owner_line& line, std::uint64_t holder) noexcept {
  line.door.compare_exchange_strong(holder, owner_word::buried(holder));
}

void leave(owner_line& line, own_part& part, const robust_shape& shape) noexcept {
  robust_head& list = *noted_thread.list;
  std::byte* const node = node_in(part, shape);
  robust::announce(list, node);
  robust::unlink(list, shape, node);
  std::uint64_t seen = noted_thread.token;
  if (!line.door.compare_exchange_strong(seen, 0, std::memory_order_release) &&
      seen == owner_word::buried(noted_thread.token))
    line.door.compare_exchange_strong(seen, 0, std::memory_order_release);
  robust::announce_done(list);
}

}  // namespace isthmus::detail::door
