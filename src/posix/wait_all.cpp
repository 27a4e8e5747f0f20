// SPDX-License-Identifier: MIT
//
// Waits for all of several objects. They look first, and touch nothing while an object is missing.
// When all seem ready, they are reserved one after the other in the order of their identities (so
// no two waits can block each other), each with its guard lock and the mark in its word; if one is
// gone by then, all are set free again. Then the journal is opened, every object is taken and set
// free in one step each, and the journal is closed. Nobody sees a part of it: until its own step
// each object is reserved, and what is reserved nobody can take. What a death leaves is mended by
// whoever meets it; see guard.hpp.
//
// While an object is missing, the wait sleeps on that one, in its `all` (give.hpp).
#include "wait_all.hpp"

#include "give.hpp"
#include "guard.hpp"
#include "mutex_seat.hpp"
#include "no_cancel.hpp"
#include "owners/holding.hpp"
#include "owners/owner.hpp"
#include "posix_dispatcher.hpp"
#include "posix_process.hpp"
#include "schedule.hpp"
#include "seam.hpp"
#include "sleep.hpp"
#include "static_vector.hpp"
#include "wait_identities.hpp"
#include "watch_list.hpp"
#include "words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace isthmus::detail {
namespace {

using seam::step;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

class all_of {
 public:
  all_of(const all_of&) = delete;
  all_of& operator=(const all_of&) = delete;
  ~all_of() {
    part();
    answer();
  }
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
  /// Sleeps until the object that was missing may be there.
  void sleep(steady_clock::time_point now, steady_clock::time_point deadline);

 private:
  bool all_ready() noexcept;
  std::size_t reserve(steady_clock::time_point patience) noexcept;
  wait_status take_reserved() noexcept;
  void give_up(std::size_t reserved) noexcept;
  /// Nobody can take it from us, so it needs no guard: our own, or what stays as it is.
  bool mine(member& one) const noexcept { return one.lasts() || one.owned_by(me_); }
  bool join() noexcept;
  void part() noexcept;
  bool called() noexcept;
  void answer() noexcept;
  bool settle(watch_list& list) noexcept;
  void woken(std::uint64_t word_before) noexcept;

  std::uint64_t guards_;
  std::uint64_t me_;
  std::size_t mutexes_;
  // A wait takes no memory from the heap: it cannot fail for want of it, and a thread that waits
  // never has the heap's lock while another one forks.
  static_vector<member, max_wait_objects> members_;
  std::size_t missing_ = 0;
  owner_watch watch_;  // of the missing one's owner, if it is a mutex
  bool ask_process_ = false;
  dispatcher_state* joined_ = nullptr;  // there we are among the sleepers, awake or not
  std::uint32_t called_ = 0;            // how many had been called there when we joined
  dispatcher_state* caller_ = nullptr;  // there somebody waits for us to have looked
};

bool all_of::all_ready() noexcept {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].ready(me_, ask_process_, watch_)) continue;
    missing_ = i;
    return false;
  }
  return true;
}

/// How many of the objects are reserved: all, or up to the first that is not ready any more.
std::size_t all_of::reserve(steady_clock::time_point patience) noexcept {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    member& one = members_[i];
    if (mine(one)) continue;
    if (!lock_guard(one, guards_, patience)) return i;
    if (!one.reserve(me_)) {
      unlock_guard(one.state());
      return i;
    }
    seam::at(step::all_one_reserved);
  }
  return members_.size();
}

wait_status all_of::take_reserved() noexcept {
  bool abandoned = false;
  for (member& one : members_)
    if (!mine(one)) one.forget_sets();
  seam::at(step::all_before_journal);
  open_journal(guards_);
  seam::at(step::all_journal_open);
  for (member& one : members_) {
    if (mine(one)) {
      if (!one.lasts()) (void)take_again(line_of(one.block()));
      continue;
    }
    if (one.take(me_) == wait_status::abandoned) abandoned = true;
    unlock_guard(one.state());
    seam::at(step::all_one_taken);
  }
  seam::at(step::all_before_close);
  close_journal(guards_);
  return abandoned ? wait_status::abandoned : wait_status::signaled;
}

void all_of::give_up(std::size_t reserved) noexcept {
  for (std::size_t i = 0; i < reserved; ++i) {
    if (mine(members_[i])) continue;
    members_[i].set_free();
    unlock_guard(members_[i].state());
  }
}

wait_status all_of::take(steady_clock::time_point patience) {
  wait_status status = wait_status::timeout;
  if ((mutexes_ != 0 && holding::owns_too_many(me_, mutexes_)) ||
      std::any_of(members_.begin(), members_.end(), [&](member& one) {
        return !one.lasts() && mine(one) && deepest(line_of(one.block()));
      })) {
    status = wait_status::failed;
  } else if (all_ready()) {
    missing_ = reserve(patience);
    if (missing_ == members_.size())
      status = take_reserved();
    else
      give_up(missing_);
  }
  answer();
  return status;
}

/// Whoever called us may go on: we have looked.
void all_of::answer() noexcept {
  if (dispatcher_state* const caller = std::exchange(caller_, nullptr)) looked_again(*caller);
}

/// Adds us to the sleepers of the missing object. False: we have been called elsewhere, look again.
bool all_of::join() noexcept {
  dispatcher_state& state = members_[missing_].state();
  if (joined_ == &state) return !called();
  part();
  if (caller_ != nullptr) return false;
  std::uint32_t seen = state.all.load();
  while ((seen & all_word::sleepers) != all_word::sleepers) {
    if (!state.all.compare_exchange_weak(seen, seen + 1)) continue;
    joined_ = &state;
    called_ = all_word::called(seen);
    break;
  }
  return true;
}

/// Whether those have been called among whom we are.
bool all_of::called() noexcept {
  if (joined_ == nullptr || all_word::called(joined_->all.load()) == called_) return false;
  caller_ = std::exchange(joined_, nullptr);
  return true;
}

/// Takes us away again, unless we have been called.
void all_of::part() noexcept {
  while (joined_ != nullptr && !called()) {
    std::uint32_t seen = joined_->all.load();
    if (all_word::called(seen) == called_ && joined_->all.compare_exchange_strong(seen, seen - 1))
      joined_ = nullptr;
  }
}

/// Prepares the sleep. False: the object may be there, look again.
bool all_of::settle(watch_list& list) noexcept {
  member& one = members_[missing_];
  const std::uint64_t next = one.is_timer() ? expire(one.block(), false) : never;
  if (one.ready(me_, ask_process_, watch_)) return false;
  dispatcher_state& state = one.state();
  if (one.machine() == machine::mutex) {
    std::atomic<std::uint64_t>& word = one.word();
    std::uint64_t seen = word.load();
    if (mutex_word::owner(seen) == 0 || owner_word::is_dead(seen)) return false;
    if ((seen & mutex_word::waiters) == 0 &&
        !word.compare_exchange_strong(seen, seen | mutex_word::waiters))
      return false;
    // There the kernel wakes at the owner's death; whoever unlocks it wakes there, too.
    list.add(futex_half(word), owner_word::futex_value(seen | mutex_word::waiters));
    if (watch_.word != nullptr) list.add_owner(*watch_.word, watch_.value);
  } else if (one.machine() == machine::counted) {
    take_back_stale(state, one.rules(), one.user());
  }
  if (watch_.polled || state.portable.load(std::memory_order_relaxed) != 0)
    list.within(shortest_sleep);
  list.until(next);
  return true;
}

void all_of::woken(std::uint64_t word_before) noexcept {
  member& one = members_[missing_];
  const std::uint64_t word = one.word().load();
  ask_process_ = word == word_before;
  // The wake may have been meant for one who waits for the mutex alone.
  if (one.machine() == machine::mutex &&
      (mutex_word::owner(word) == 0 || owner_word::is_dead(word)))
    wake_one(futex_half(one.word()));
  if (watch_.word != nullptr && watch_.word->load(std::memory_order_acquire) != watch_.value)
    wake_all(*watch_.word);
}

void all_of::sleep(steady_clock::time_point now, steady_clock::time_point deadline) {
  dispatcher_state& state = members_[missing_].state();
  watch_ = {};
  if (!join()) return;
  watch_list list(now, deadline);
  list.add(state.all, state.all.load());
  if (joined_ == nullptr) list.within(shortest_sleep);  // too many
  if (called() || !settle(list)) return;
  const std::uint64_t before = members_[missing_].word().load();
  seam::at(step::all_before_sleep);
  list.sleep();
  woken(before);
  called();
}

}  // namespace

wait_result wait_all(std::span<dispatcher* const> objects, nanoseconds limit, failure& why) {
  using namespace std::chrono_literals;
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
    all.sleep(now, deadline);
  }
}

}  // namespace isthmus::detail
