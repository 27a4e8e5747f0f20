// SPDX-License-Identifier: MIT
#include "posix/waits/all_taking.hpp"

#include "posix/owners/holding.hpp"
#include "posix/owners/owner.hpp"
#include "posix/system/seam.hpp"
#include "posix/waits/commit.hpp"
#include "posix/waits/guard.hpp"
#include "posix/waits/mutex_seat.hpp"
#include "posix/waits/open_dispatcher.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace isthmus::detail {

using seam::step;
using std::chrono::steady_clock;

all_taking::all_taking(std::span<dispatcher* const> objects, const identities& self, failure& why)
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

void all_taking::note_own() noexcept {
  for (std::size_t i = 0; i < members_.size(); ++i)
    mine_[i] = members_[i].lasts() || members_[i].owned_by(me_);
}

/// A mutex of ours that cannot be locked once more.
bool all_taking::is_at_its_deepest() noexcept {
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (mine(i) && !members_[i].lasts() && deepest(line_of(members_[i].block()))) return true;
  return false;
}

bool all_taking::all_ready() noexcept {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].ready(me_)) continue;
    missing_ = i;
    return false;
  }
  return true;
}

/// How many of the objects are reserved: all, or up to the first that is not ready any more.
std::size_t all_taking::reserve(steady_clock::time_point patience, unseen_owner& unseen) noexcept {
  bool holds_others = false;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    member& one = members_[i];
    if (mine(i)) continue;
    if (!lock_guard(one, guards_, patience, std::exchange(holds_others, true), &unseen)) return i;
    if (!one.reserve(me_)) {
      unlock_guard(one, guards_);
      return i;
    }
    seam::at(step::all_one_reserved);
  }
  return members_.size();
}

/// One store, which is the decision; in the journal, where there is no list.
void all_taking::decide() noexcept {
  if (guards_ == 0) return;  // there are ends of processes only
  if (owner_word::is_recorded(guards_)) return own_journal(guards_)->store(1);
  commit_chain commits(*known_shape());
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (!mine(i)) commits.add(members_[i].guard());
  seam::at(step::all_chained);
  commits.decide();
}

wait_status all_taking::take_reserved() noexcept {
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

void all_taking::give_up(std::size_t reserved) noexcept {
  while (reserved-- != 0) {  // the first one's guard goes last: the list's own begins behind it
    if (mine(reserved)) continue;
    members_[reserved].set_free();
    unlock_guard(members_[reserved], guards_);
  }
}

wait_status all_taking::take(steady_clock::time_point patience, unseen_owner& unseen) {
  held_up_ = false;
  note_own();
  if ((mutexes_ != 0 && holding::owns_too_many(me_, mutexes_)) || is_at_its_deepest())
    return wait_status::failed;
  if (!all_ready()) return wait_status::timeout;
  const std::size_t reserved = reserve(patience, unseen);
  if (reserved == members_.size()) return take_reserved();
  give_up(missing_ = reserved);
  held_up_ = members_[reserved].ready(me_);
  return wait_status::timeout;
}

}  // namespace isthmus::detail
