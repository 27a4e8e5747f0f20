// SPDX-License-Identifier: MIT
//
// Signalling one object and waiting for another. The wait begins before the signal is given: what
// the signal sets off, the answer among it, comes after the beginning, so none of it can be missed
// or taken by somebody who has come later. That makes a condition of a mutex and an event
// (WAIT-17).
//
//     step    what                                       killed right after it
//     begin   the second object: taken if it is there,   as in any wait; what was taken has gone
//             else registered for, firmly (firm.hpp)     with its holder
//     signal  the first object; where that fails, what   as after any set, release or unlock
//             was begun is undone
//     wait    as any other
#include "wait.hpp"

#include "event.hpp"
#include "mutex.hpp"
#include "posix/owners/identity.hpp"
#include "posix/owners/owner.hpp"
#include "posix/system/no_cancel.hpp"
#include "posix/system/seam.hpp"
#include "posix/waits/give.hpp"
#include "posix/waits/guard.hpp"
#include "posix/waits/open_dispatcher.hpp"
#include "posix/waits/owner_for.hpp"
#include "posix/waits/seats.hpp"
#include "posix/waits/tsan.hpp"
#include "semaphore.hpp"

#include <new>
#include <optional>

namespace isthmus::detail {
namespace {

using seam::step;
using std::chrono::nanoseconds;

void signal(dispatcher& object, failure& why) {
  if (object.kind == kind::mutex)
    unlock_mutex(object, why);
  else if (object.kind == kind::semaphore)
    release_semaphore(object, 1, why);
  else
    set_event(object, why);
}

/// Signals while the wait has begun. The giver waits for those whom it wakes to come; it must not
/// wait for itself.
void signal_within(dispatcher& signaled, const dispatcher& awaited, failure& why) {
  const auto& first = static_cast<const posix_dispatcher&>(signaled);
  const auto& second = static_cast<const posix_dispatcher&>(awaited);
  std::optional<waiting_here> inside;
  if (identity_of(first) == identity_of(second)) inside.emplace();
  signal(signaled, why);
}

/// Whether the signal will fail for sure. Then nothing is begun that would have to be undone.
bool cannot_signal(const dispatcher& object, failure& why) {
  const std::uint64_t word = state_of(object).word.load();
  if (object.kind == kind::mutex) {
    const std::uint64_t me = known_owner_for(object);
    if (me == 0 || mutex_word::owner(line_of(block_of(object)).word.load()) != me)
      why.set(errc::not_owner);
  } else if (object.kind == kind::semaphore && (word & counted::guard) == 0) {
    const counted::rules of =
        counted::for_semaphore(static_cast<const posix_dispatcher&>(object).maximum);
    if (counted::count(word, of) >= of.maximum) why.set(errc::limit_exceeded);
  }
  return static_cast<bool>(why);
}

/// Who we are, for a mutex, or for a firm registration, which one can do without.
std::uint64_t identify(const dispatcher& awaited, failure& why) {
  if (awaited.kind == kind::mutex) return owner_for(awaited, why);
  try {
    failure none;
    return guard_identity(block_of(awaited), user_of(awaited), none);
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

bool begin(seat& one, std::uint64_t me) noexcept {
  const waiting_here inside;
  return std::visit([&](auto& each) { return each.begin(me); }, one);
}

}  // namespace

wait_status signal_and_wait_for(dispatcher& signaled, dispatcher& awaited, nanoseconds limit,
                                const longer_wait& more, failure& why) {
  if (awaited.kind == kind::process) {  // once ended, it stays so
    signal(signaled, why);
    return why ? wait_status::failed : wait_longer_for_one(awaited, limit, more, why);
  }
  if (cannot_signal(signaled, why)) return wait_status::failed;
  const std::uint64_t me = identify(awaited, why);
  if (why) return wait_status::failed;

  const no_cancel whole;
  seats all;
  all.add(awaited, me, false);
  seat& one = all[0];
  const bool satisfied = begin(one, me);
  seam::at(step::signal_before);
  signal_within(signaled, awaited, why);
  seam::at(step::signal_given);
  const waiting_here inside;
  if (why) {
    std::visit([&](auto& each) { satisfied ? each.give_back() : each.leave(); }, one);
    return wait_status::failed;
  }
  wait_status status = wait_status::signaled;
  try {
    if (!satisfied) status = wait_in(all, limit, more, why).status;
  } catch (...) {  // what is thrown by a clock
    std::visit([](auto& each) { each.leave(); }, one);
    throw;
  }
  if (status != wait_status::failed && status != wait_status::timeout) tsan::has_taken(awaited);
  return status;
}

}  // namespace isthmus::detail
