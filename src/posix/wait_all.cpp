// SPDX-License-Identifier: MIT
//
// Waits for all of several objects. They look first, and touch nothing while an object is missing.
// When all seem ready, they are reserved one after the other in the order of their identities (so
// no two waits can block each other), each with its guard and the mark in its word; if one is gone
// by then, all are set free again. Then one store decides, and every object is taken and set free
// in one step each. Nobody sees a part of it: until its own step each object is reserved, and what
// is reserved nobody can take. What a death leaves is mended by whoever meets it; see
// waits/guard.hpp.
//
// While an object is missing, the wait sleeps on that one, in its `all` (give.hpp). Where others
// wait for that object alone, all that is given goes to them, so there it stands in line with them
// (waits/line_place.hpp): with a grant, it reserves that. If another object is missing by then,
// the grant goes on to the next in line.
#include "wait_all.hpp"

#include "give.hpp"
#include "mutex_seat.hpp"
#include "no_cancel.hpp"
#include "owners/holding.hpp"
#include "owners/owner.hpp"
#include "owners/unseen_owner.hpp"
#include "posix_dispatcher.hpp"
#include "posix_process.hpp"
#include "schedule.hpp"
#include "seam.hpp"
#include "sleep.hpp"
#include "static_vector.hpp"
#include "wait_identities.hpp"
#include "waits/all_sleeper.hpp"
#include "waits/commit.hpp"
#include "waits/guard.hpp"
#include "waits/line_place.hpp"
#include "watch_list.hpp"
#include "words.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <utility>

namespace isthmus::detail {
namespace {

using namespace std::chrono_literals;
using seam::step;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

class all_of {
 public:
  all_of(std::span<dispatcher* const> objects, const identities& self, failure& why)
      : guards_(self.guards), me_(self.owner), mutexes_(self.mutexes) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled as far as needed
    std::array<const posix_dispatcher*, max_wait_objects> list;
    const std::span sorted(list.data(), objects.size());
    std::transform(objects.begin(), objects.end(), sorted.begin(),
                   [](const dispatcher* one) { return static_cast<const posix_dispatcher*>(one); });
    std::sort(sorted.begin(), sorted.end(),
              [](auto* a, auto* b) { return identity_of(*a) < identity_of(*b); });
    if (std::adjacent_find(sorted.begin(), sorted.end(), [](auto* a, auto* b) {
          return identity_of(*a) == identity_of(*b);
        }) != sorted.end())
      why.set(errc::invalid_argument, "an object is in the list twice, by two handles");
    for (const posix_dispatcher* const one : sorted) members_.push_back(member_of(*one));
  }

  /// All at once, or timeout and nothing; failed where a mutex of this thread's is locked as often
  /// as can be. A guard that somebody has for longer than until `patience` ends it.
  wait_status take(steady_clock::time_point patience);
  /// After a look that came to nothing: whether the wait is to fail, since it cannot be seen
  /// whether an owner lives.
  bool cannot_see_owner(steady_clock::time_point now, failure& why);
  /// Sleeps until the object that was missing may be there.
  void sleep(steady_clock::time_point now, steady_clock::time_point deadline);

 private:
  bool is_at_its_deepest() noexcept;
  bool all_ready() noexcept;
  std::size_t reserve(steady_clock::time_point patience) noexcept;
  void decide() noexcept;
  wait_status take_reserved() noexcept;
  void give_up(std::size_t reserved) noexcept;
  /// Nobody can take it from us, so it needs no guard: our own, or what stays as it is. Decided
  /// once for each attempt, since others may write the words.
  void note_own() noexcept;
  /// The objects learn at which of them we have been called, and have not answered.
  void note_caller() noexcept;
  [[nodiscard]] bool mine(std::size_t which) const noexcept { return mine_[which]; }
  bool settle(watch_list& list) noexcept;
  void woken() noexcept;

  std::uint64_t guards_;
  std::uint64_t me_;
  std::size_t mutexes_;
  // A wait takes no memory from the heap: it cannot fail for want of it, and a thread that waits
  // never has the heap's lock while another one forks.
  static_vector<member, max_wait_objects> members_;
  std::bitset<max_wait_objects> mine_;
  std::size_t missing_ = 0;
  all_sleeper sleeper_;
  line_place line_;  // at the missing object
  unseen_owner unseen_;
  bool held_up_ = false;  // all is there, but another wait for all is in the middle of taking it
};

void all_of::note_own() noexcept {
  for (std::size_t i = 0; i < members_.size(); ++i)
    mine_[i] = members_[i].lasts() || members_[i].owned_by(me_);
}

void all_of::note_caller() noexcept {
  for (member& one : members_) one.note_called(sleeper_.called_at(one.state()));
}

/// A mutex of ours that cannot be locked once more.
bool all_of::is_at_its_deepest() noexcept {
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (mine(i) && !members_[i].lasts() && deepest(line_of(members_[i].block()))) return true;
  return false;
}

bool all_of::all_ready() noexcept {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].ready(me_)) continue;
    missing_ = i;
    return false;
  }
  return true;
}

/// How many of the objects are reserved: all, or up to the first that is not ready any more.
std::size_t all_of::reserve(steady_clock::time_point patience) noexcept {
  bool holds_others = false;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    member& one = members_[i];
    if (mine(i)) continue;
    if (!lock_guard(one, guards_, patience, std::exchange(holds_others, true), &unseen_)) return i;
    if (!one.reserve(me_)) {
      unlock_guard(one, guards_);
      return i;
    }
    seam::at(step::all_one_reserved);
  }
  return members_.size();
}

/// One store, which is the decision; in the journal, where there is no list.
void all_of::decide() noexcept {
  if (guards_ == 0) return;  // there are ends of processes only
  if (owner_word::is_recorded(guards_)) return own_journal(guards_)->store(1);
  commit_chain commits(*known_shape());
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (!mine(i)) commits.add(members_[i].guard());
  seam::at(step::all_chained);
  commits.decide();
}

wait_status all_of::take_reserved() noexcept {
  bool abandoned = false;
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (!mine(i)) members_[i].forget_sets();
  seam::at(step::all_before_decision);
  decide();
  seam::at(step::all_decided);
  for (std::size_t i = 0; i < members_.size(); ++i) {
    member& one = members_[i];
    if (mine(i)) {
      if (!one.lasts()) (void)take_again(line_of(one.block()));
      continue;
    }
    if (one.take(me_) == wait_status::abandoned) abandoned = true;
    unlock_taken(one, guards_);
    seam::at(step::all_one_taken);
  }
  seam::at(step::all_before_close);
  if (owner_word::is_recorded(guards_)) own_journal(guards_)->store(0);
  return abandoned ? wait_status::abandoned : wait_status::signaled;
}

void all_of::give_up(std::size_t reserved) noexcept {
  while (reserved-- != 0) {  // the first one's guard goes last: the list's own begins behind it
    if (mine(reserved)) continue;
    members_[reserved].set_free();
    unlock_guard(members_[reserved], guards_);
  }
}

wait_status all_of::take(steady_clock::time_point patience) {
  wait_status status = wait_status::timeout;
  held_up_ = false;
  note_own();
  if ((mutexes_ != 0 && holding::owns_too_many(me_, mutexes_)) || is_at_its_deepest()) {
    status = wait_status::failed;
  } else {
    const std::size_t slept_on = missing_;
    if (sleeper_.was_called()) note_caller();
    members_[slept_on].stand_in(line_.registered());
    if (all_ready()) {
      const std::size_t reserved = reserve(patience);
      if (reserved == members_.size()) {
        status = take_reserved();
      } else {
        give_up(missing_ = reserved);
        held_up_ = members_[reserved].ready(me_);
      }
    }
    members_[slept_on].stand_in(nullptr);
    if (status != wait_status::timeout || missing_ != slept_on) line_.leave();
  }
  if (!held_up_ && sleeper_.was_called()) {  // else we have not looked yet
    sleeper_.answer();
    note_caller();
  }
  seam::at(step::all_looked);
  return status;
}

bool all_of::cannot_see_owner(steady_clock::time_point now, failure& why) {
  if (!unseen_ && (held_up_ || !unseen_.for_too_long(now))) return false;  // or lock_guard asks
  unseen_owner::refuse(why);
  return true;
}

/// Prepares the sleep. False: the object may be there, look again.
bool all_of::settle(watch_list& list) noexcept {
  member& one = members_[missing_];
  const std::uint64_t next = one.is_timer() ? expire(one.block(), false) : never;
  if (one.ready(me_)) return false;
  dispatcher_state& state = one.state();
  if (one.machine() == machine::mutex) {
    std::atomic<std::uint64_t>& word = one.word();
    std::uint64_t seen = word.load();
    if (mutex_word::owner(seen) == 0 || owner_word::is_dead(seen)) return false;
    if ((seen & mutex_word::waiters) == 0) {
      if (!word.compare_exchange_strong(seen, seen | mutex_word::waiters)) return false;
      note_sign_of_life();  // it has been unlocked since it was marked
    }
    // There the kernel wakes at the owner's death; whoever unlocks it wakes there, too.
    list.add(futex_half(word), owner_word::futex_value(seen | mutex_word::waiters));
    if (owner_word::is_recorded(mutex_word::owner(seen))) list.within(shortest_sleep);
  } else if (one.machine() == machine::counted) {
    take_back_stale(state, one.rules(), one.user());
    if (!line_.stand(one, list)) return false;
  }
  if (state.portable.load(std::memory_order_relaxed) != 0) list.within(shortest_sleep);
  list.until(next);
  return true;
}

void all_of::woken() noexcept {
  member& one = members_[missing_];
  const std::uint64_t word = one.word().load();
  // The wake may have been meant for one who waits for the mutex alone.
  if (one.machine() == machine::mutex &&
      (mutex_word::owner(word) == 0 || owner_word::is_dead(word)))
    wake_one(futex_half(one.word()));
}

void all_of::sleep(steady_clock::time_point now, steady_clock::time_point deadline) {
  dispatcher_state& state = members_[missing_].state();
  if (!sleeper_.join(state)) return;
  watch_list list(now, deadline);
  list.add(state.all, state.all.load());
  if (!sleeper_.has_joined()) list.within(shortest_sleep);  // too many
  if (sleeper_.called() || !settle(list)) return;
  seam::at(step::all_before_sleep);
  list.sleep();
  woken();
  sleeper_.called();
}

}  // namespace

wait_result wait_all(std::span<dispatcher* const> objects, nanoseconds limit, failure& why) {
  const no_cancel whole;
  const waiting_here inside;
  constexpr wait_result failed{wait_status::failed, 0};
  if (!attend_processes(objects, limit, why)) return failed;
  const identities self = identify(objects, why);
  if (why) return failed;
  all_of all(objects, self, why);
  if (why) return failed;
  const auto take = [&](steady_clock::time_point patience) {
    const wait_status status = all.take(patience);
    if (status == wait_status::failed) locked_too_often(self.owner, self.mutexes, why);
    return status;
  };
  // The clock is not asked before it has to be: that takes longer than all the rest.
  const wait_status at_once = take(steady_clock::time_point::min());
  if (at_once != wait_status::timeout) return {at_once, 0};
  const auto start = steady_clock::now();
  const auto deadline = later(start, limit);
  for (;;) {
    const auto now = steady_clock::now();
    const wait_status status = take(std::max(deadline, start + 10ms));
    if (status != wait_status::timeout || now >= deadline) return {status, 0};
    if (all.cannot_see_owner(now, why)) return failed;
    all.sleep(now, deadline);
  }
}

}  // namespace isthmus::detail
