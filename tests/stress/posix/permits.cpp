// SPDX-License-Identifier: MIT
#include "actor.hpp"

#include <bit>
#include <system_error>
#include <vector>

#include <unistd.h>

namespace storm {
namespace {

using namespace std::chrono_literals;
using isthmus::wait_status;

/// What somebody has: permits, and which mutexes.
struct hold {
  std::uint32_t which;
  std::uint32_t mutexes;
};

std::int32_t holders(const books& all, std::uint32_t which) {
  std::int32_t number = 0;
  for (const auto& one : all.state)
    if ((one.load() >> holding_at & which) != 0) ++number;
  return number;
}

void hold_on(actor& who, const hold& what, bool abandoned) {
  who.say(what.which << holding_at);
  own(who, what.mutexes, abandoned);
  if (const auto number = holders(who.all, pool); (what.which & pool) != 0 && number > permits)
    who.fault("more hold permits than there are", number);
  if (const auto number = holders(who.all, baton); (what.which & baton) != 0 && number > 1)
    who.fault("two hold the baton", number);
  if (who.one_in(4)) ::usleep(static_cast<useconds_t>(who.below(100)));
}

void give_back(actor& who, const hold& what) {
  int again = 0;
  const std::uint32_t first = what.mutexes & (0 - what.mutexes);
  if (first != 0) again = take_again(who, mutex_of(who, first / 2));
  disown(who, what.mutexes);
  who.say(what.which << giving_at);
  std::error_code ec;
  if ((what.which & pool) != 0) who.shared.pool.release(1, ec);
  if (ec) who.fault("a permit too many", ec.value());
  who.say((what.which & baton) << giving_at);
  if ((what.which & baton) != 0) who.shared.baton.set();
  who.say(0);
  for (std::size_t i = 0; i < who.all.owner.size(); ++i)
    if ((what.mutexes >> i & 1) != 0)
      unlock(who, mutex_of(who, i), 1U << i == first ? 1 + again : 1);
}

/// Gives the one thing that it has back and waits for a permit or the baton, in one call.
void hand_over(actor& who, const hold& what) {
  const std::uint32_t wanted = who.one_in(2) ? pool : baton;
  isthmus::waitable& mine = what.which == pool ? static_cast<isthmus::waitable&>(who.shared.pool)
                            : what.which == baton
                                ? static_cast<isthmus::waitable&>(who.shared.baton)
                                : mutex_of(who, what.mutexes / 2);
  isthmus::waitable& theirs = wanted == pool ? static_cast<isthmus::waitable&>(who.shared.pool)
                                             : static_cast<isthmus::waitable&>(who.shared.baton);
  disown(who, what.mutexes);
  who.say(what.which << giving_at | wanted << taking_at);
  const std::int64_t began = now();
  std::error_code ec;
  const auto status = signal_and_wait_for(mine, theirs, who.below(20'000) * 1us, ec);
  who.note(status, began);
  if (ec) who.fault("signal_and_wait failed", ec.value());
  if (status != wait_status::signaled) return who.say(0);
  hold_on(who, {wanted, 0}, false);
  give_back(who, {wanted, 0});
}

/// One object of a wait, and what a wait that it satisfies gets.
struct item {
  isthmus::wait_ref object;
  hold what;
};

void take(actor& who, const std::vector<item>& items, bool all) {
  std::vector<isthmus::wait_ref> list;
  hold what{0, 0};
  for (const item& one : items) {
    list.push_back(one.object);
    what = {what.which | one.what.which, what.mutexes | one.what.mutexes};
  }
  std::chrono::nanoseconds limit = who.one_in(3) ? who.below(200) * 1us : 3s;
  if ((what.which & signals) != 0) limit = patience(who);

  who.say(what.which << taking_at);
  const std::int64_t began = now();
  const auto got = all ? wait_all_for(list, limit) : wait_any_for(list, limit);
  who.note(got.status, began);
  if (got.status == wait_status::timeout) return who.say(0);
  if (got.index >= (all ? 1 : items.size())) return who.fault("no such object", 0);
  if (!all) what = items[got.index].what;
  const isthmus::waitable* const one = all ? nullptr : &items[got.index].object.get();
  if (one == &who.shared.tick) count_tick(who);
  if (one == &who.shared.knock) count_knock(who);
  what.which &= ~signals;
  const bool abandoned = got.status == wait_status::abandoned;
  if (abandoned && what.mutexes == 0) who.fault("abandoned, but no mutex", 0);
  hold_on(who, what, abandoned);
  const std::uint32_t things = what.which | what.mutexes << 2;
  if (std::has_single_bit(things) && who.one_in(4))
    hand_over(who, what);
  else
    give_back(who, what);
}

}  // namespace

void take_and_give(actor& who) {
  objects& with = who.shared;
  constexpr hold a_permit{pool, 0}, the_baton{baton, 0}, first{0, 1}, second{0, 2};
  constexpr hold a_signal{signals, 0};
  switch (who.below(12)) {
    case 0:
      return take(who, {{with.pool, a_permit}}, false);
    case 1:
      return take(who, {{with.guard[0], first}}, false);
    case 2:
      return take(who, {{with.baton, the_baton}}, false);
    case 3:
      return take(who, {{with.guard[0], first}, {with.pool, a_permit}, {with.baton, the_baton}},
                  false);
    case 4:
      return take(who, {{with.baton, the_baton}, {with.pool, a_permit}}, true);
    case 5:
      return take(who, {{with.guard[1], second}, {with.pool, a_permit}, {with.guard[0], first}},
                  true);
    case 6:
      return take(who, {{with.tick, a_signal}, {with.guard[1], second}}, false);
    case 7:
      return take(who, {{with.gate, a_signal}, {with.pool, a_permit}}, true);
    case 8:
      return take(who, {{with.alarm, a_signal}, {with.guard[0], first}, {with.baton, the_baton}},
                  true);
    case 9:
      return take(who,
                  {{with.knock, a_signal},
                   {with.alarm, a_signal},
                   {with.guard[0], first},
                   {with.pool, a_permit}},
                  false);
    case 10: {  // twice in one list
      auto same = with.pool.duplicate();
      return take(who, {{same, a_permit}, {with.pool, a_permit}}, false);
    }
    default: {
      auto same = with.baton.duplicate();
      return take(who, {{same, the_baton}}, true);
    }
  }
}

}  // namespace storm
