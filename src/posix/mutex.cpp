// SPDX-License-Identifier: MIT
#include "../mutex.hpp"

#include "give.hpp"
#include "identity.hpp"
#include "last_owner.hpp"
#include "mutex_word.hpp"
#include "posix_dispatcher.hpp"
#include "seam.hpp"
#include "sleep.hpp"
#include "tsan.hpp"
#include "words.hpp"

namespace isthmus::detail {

void unlock_mutex(dispatcher& state, failure& why) {
  dispatcher_state& shared = state_of(state);
  const std::uint64_t me = known_token_for(user_of(state));
  std::uint64_t seen = shared.word.load(std::memory_order_relaxed);
  if (me == 0 || mutex_word::owner(seen) != me) return why.set(errc::not_owner);
  const std::uint32_t depth = shared.depth.load(std::memory_order_relaxed);
  if (depth != 0) return shared.depth.store(depth - 1, std::memory_order_relaxed);
  tsan::gives(state);
  while (!shared.word.compare_exchange_weak(seen, seen & mutex_word::guard)) {
  }
  seam::at(seam::step::unlock_before_wake);
  if ((seen & mutex_word::waiters) == 0) return;
  wake_one(low_half(shared.word));
  call_all(shared, false);
}

std::optional<last_owner_info> mutex_last_owner(const dispatcher& state, failure&) {
  return read_last_owner(block_of(state).last_owner);
}

}  // namespace isthmus::detail
