// SPDX-License-Identifier: MIT
#include "timer.hpp"

#include "posix/owners/identity.hpp"
#include "posix/system/no_cancel.hpp"
#include "posix/waits/guard.hpp"
#include "posix/waits/open_dispatcher.hpp"
#include "posix/waits/schedule.hpp"
#include "posix/waits/tsan.hpp"

namespace isthmus::detail {
namespace {

/// Changes the schedule. What has expired until now has expired.
template <class Change>
void change_schedule(dispatcher& state, failure& why, Change change) {
  const no_cancel whole;
  if (!map_guard(*static_cast<posix_dispatcher&>(state).object, why)) return;
  const std::uint64_t me = guard_identity(block_of(state), user_of(state), why);
  if (me == 0) return;
  member timer = member_of(state);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
  if (!lock_guard(timer, me, deadline))
    return why.set(errc::busy, "a process is stopped in the middle of an operation on the timer");
  expire(timer.block(), false);
  change(timer.block());
  unlock_guard(timer, me);
  expire(timer.block(), false);
}

}  // namespace

void arm_timer(dispatcher& state, const due_time& due, std::chrono::milliseconds period,
               failure& why) {
  tsan::gives(state);
  change_schedule(state, why, [&](dispatcher_block& block) { write_schedule(block, due, period); });
}

void cancel_timer(dispatcher& state, failure& why) { change_schedule(state, why, drop_schedule); }

}  // namespace isthmus::detail
