// SPDX-License-Identifier: MIT
#include "mutex.hpp"

#include "posix/owners/holding.hpp"
#include "posix/owners/last_owner.hpp"
#include "posix/owners/owner.hpp"
#include "posix/system/seam.hpp"
#include "posix/system/sleep.hpp"
#include "posix/system/words.hpp"
#include "posix/waits/give.hpp"
#include "posix/waits/open_dispatcher.hpp"
#include "posix/waits/owner_for.hpp"
#include "posix/waits/tsan.hpp"
#include "posix/words/mutex_word.hpp"

namespace isthmus::detail {

void unlock_mutex(dispatcher& state, failure& why) {
  owner_line& line = line_of(block_of(state));
  const std::uint64_t me = known_owner_for(state);
  if (me == 0 || mutex_word::owner(line.word.load(std::memory_order_relaxed)) != me)
    return why.set(errc::not_owner);
  const std::uint32_t depth = line.depth.load(std::memory_order_relaxed);
  if (depth != 0) return line.depth.store(depth - 1, std::memory_order_relaxed);
  tsan::gives(state);
  const auto identity = identity_of(static_cast<const posix_dispatcher&>(state));
  const std::uint64_t seen = holding::release(line, identity, me, mutex_word::guard);
  seam::at(seam::step::unlock_before_wake);
  if ((seen & mutex_word::waiters) != 0) {
    wake_one(futex_half(line.word));
    call_all(state_of(state), false);
  }
  holding::released(me);
}

std::optional<last_owner_info> mutex_last_owner(const dispatcher& state, failure&) {
  return read_last_owner(block_of(state).last_owner);
}

}  // namespace isthmus::detail
