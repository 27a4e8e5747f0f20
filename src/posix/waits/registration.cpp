// SPDX-License-Identifier: MIT
#include "posix/waits/registration.hpp"

#include "posix/system/seam.hpp"
#include "posix/system/sleep.hpp"
#include "posix/system/words.hpp"
#include "posix/waits/give.hpp"

namespace isthmus::detail {

using seam::step;

void registration::notice(std::uint64_t seen) noexcept {
  seen_ = seen;
  if (!registered_) return;
  if ((counted::epoch(seen) != epoch_ && !firm_) || counted::waiting(seen) == 0)
    registered_ = entitled_ = false;  // all grants were taken back, all registrations with them
  else if (counted::stamp(seen) != stamp_)
    entitled_ = true;
}

bool registration::enter() noexcept {
  std::uint64_t seen = seen_;
  const std::uint64_t next = counted::enter(seen, several_);
  if (!object_.word().compare_exchange_strong(seen, next)) return false;
  seen_ = next;
  registered_ = true;
  entitled_ = false;
  stamp_ = counted::stamp(next);
  epoch_ = counted::epoch(next);
  seam::at(step::wait_entered);
  return true;
}

void registration::pass_on() noexcept {
  const auto low = static_cast<std::uint32_t>(seen_);
  if (entitled_ || counted::granted(seen_) == 0 || passed_on_ == low) return;
  passed_on_ = low;
  wake_one(low_half(object_.word()));
}

void registration::leave() noexcept {
  const counted::rules& of = object_.rules();
  seam::at(step::wait_before_leave);
  std::uint64_t seen = object_.word().load();
  std::uint64_t next = 0;
  do {
    notice(seen);
    if (!registered_) return firm_.drop();
    next = counted::leave(seen, of, entitled_);
  } while (!object_.word().compare_exchange_weak(seen, next));
  end();
  if (counted::granted(next) != 0) wake_one(low_half(object_.word()));
  if (counted::count(next, of) > counted::count(seen, of) || calls_in_turn(seen, next))
    call_all(object_.state(), false);
}

}  // namespace isthmus::detail
