// SPDX-License-Identifier: MIT
#include "posix/waits/firm.hpp"

#include "posix/owners/identity.hpp"
#include "posix/owners/record.hpp"
#include "posix/owners/users.hpp"
#include "posix/owners/witness.hpp"
#include "posix/words/counted.hpp"

#include <algorithm>

namespace isthmus::detail {
namespace {

constexpr std::uint64_t noted = std::uint64_t{1} << 63;

constexpr std::uint64_t process_in(std::uint64_t place) noexcept { return place >> 32 << 32; }
constexpr std::uint32_t nonce_in(std::uint64_t place) noexcept {
  return static_cast<std::uint32_t>((place & ~noted) >> 32);
}
constexpr std::uint32_t number_in(std::uint64_t place) noexcept {
  return static_cast<std::uint32_t>(place);
}

void write(firm_note& note, std::uint32_t nonce) noexcept {
  if (note.nonce.load(std::memory_order_relaxed) == nonce) return;  // by another thread of ours
  note.nonce.store(0);
  note.process_id.store(own_facts().process_id);
  note.start.store(known_process_start());
  note.space.store(own_facts().space);
  note.nonce.store(nonce);
}

/// How often a grant is found in vain that is kept for one of whom nobody here can know whether it
/// lives: for a second, since each time it begins anew for all who wait (give.cpp).
constexpr std::uint32_t most_in_vain = 20;

bool is_in_vain(firm_note& note, bool stale) noexcept {
  return stale && note.in_vain.fetch_add(1) + 1 >= most_in_vain;
}

/// `stale`: a grant has not been claimed for 50 ms.
bool has_died(firm_note& note, std::uint32_t nonce, bool stale) noexcept {
  noted_owner copy;
  const bool noted_once = note.nonce.load() == nonce;
  copy.process_id = note.process_id.load();
  copy.start = note.start.load();
  copy.space = note.space.load();
  const bool whole = noted_once && note.nonce.load() == nonce;
  if (whole) find_own_facts();
  if (whole && copy.space != 0 && copy.space == own_facts().space) return process_has_ended(copy);
  // It is elsewhere, or was killed before it could write its note.
  return is_in_vain(note, stale);
}

}  // namespace

bool firm_place::is_ours(std::uint64_t place) const noexcept { return process_in(place) == ours_; }

/// Adds us to our process's place, or makes a free one ours. False: it is another's.
bool firm_place::join(dispatcher_block& block, std::size_t which) noexcept {
  std::atomic<std::uint64_t>& place = block.firm[which];
  std::uint64_t seen = place.load(std::memory_order_relaxed);
  while (seen == 0 || (is_ours(seen) && number_in(seen) < counted::most_waiters)) {
    const std::uint64_t next = seen == 0 ? ours_ | 1 : seen + 1;
    if (!place.compare_exchange_weak(seen, next)) continue;
    place_ = &place;
    block.firm_notes[which].in_vain.store(0, std::memory_order_relaxed);
    if ((ours_ & noted) != 0) write(block.firm_notes[which], nonce_in(ours_));
    return true;
  }
  return false;
}

void firm_place::hold(dispatcher_block& block, std::uint32_t user, std::uint64_t me) noexcept {
  if (place_ != nullptr || me == 0) return;
  if (owner_word::is_recorded(me)) come_with_record(block, me);
  ours_ = std::uint64_t{nonce_of(me)} << 32 | (owner_word::is_recorded(me) ? 0 : noted);
  const auto try_all = [&](bool only_ours) {
    for (std::size_t i = 0; i < block.firm.size(); ++i)
      if ((!only_ours || is_ours(block.firm[i].load())) && join(block, i)) return true;
    return false;
  };
  if (try_all(true) || try_all(false)) return;
  if (forget_dead(block, user, false)) (void)try_all(false);
}

void firm_place::drop() noexcept {
  if (place_ == nullptr) return;
  std::uint64_t seen = place_->load(std::memory_order_relaxed);
  // Where somebody who has no business there has written into it, we leave it alone.
  while (is_ours(seen) && number_in(seen) != 0)
    if (place_->compare_exchange_weak(seen, number_in(seen) == 1 ? 0 : seen - 1)) break;
  place_ = nullptr;
}

std::uint32_t firm_registrations(const dispatcher_block& block) noexcept {
  std::uint32_t sum = 0;
  for (const auto& place : block.firm)
    sum += std::min(number_in(place.load(std::memory_order_acquire)), counted::most_waiters);
  return sum;
}

bool forget_dead(dispatcher_block& block, std::uint32_t user, bool stale) noexcept {
  bool found = false;
  for (std::size_t i = 0; i < block.firm.size(); ++i) {
    std::uint64_t seen = block.firm[i].load(std::memory_order_acquire);
    if (seen == 0) continue;
    const std::uint32_t nonce = nonce_in(seen);
    const bool dead =
        (seen & noted) != 0
            ? has_died(block.firm_notes[i], nonce, stale)
            : look_at_process_of(nonce, {block, user}) == life_of::dead ||
                  (line_of(block).several_places.load() != 0 &&  // then it may never be told
                   is_in_vain(block.firm_notes[i], stale));
    if (dead && block.firm[i].compare_exchange_strong(seen, 0)) found = true;
  }
  return found;
}

}  // namespace isthmus::detail
