// SPDX-License-Identifier: MIT
#include "posix/owners/holding.hpp"

#include "posix/owners/door.hpp"
#include "posix/owners/witness.hpp"
#include "posix/system/back_off.hpp"
#include "posix/system/sleep.hpp"
#include "posix/system/words.hpp"

#include <chrono>
#include <utility>

namespace isthmus::detail {

void note_owner(owner_line& line, const owning_thread& self) noexcept {
  noted_owner owner = own_facts();
  owner.owner = self.token;
  owner.start = self.start;
  write_note(note_of(line), owner);
  line.noted.store(self.token, std::memory_order_relaxed);
}

namespace holding {
namespace {

std::byte* node_in(own_part& part, const robust_shape& shape) noexcept {
  return part.nodes.data() + (-shape.offset - 16);
}

/// Out of the list; whoever holds the door still does.
void unlink(std::byte* node, const robust_shape& shape) noexcept {
  robust::unlink(*noted_thread.list, shape, node);
  --noted_thread.owned;
}

/// The thread does not own the mutex any more, whatever its word says.
void drop(owner_line& line, own_part& part, const robust_shape& shape) noexcept {
  unlink(node_in(part, shape), shape);
  if (part.by_door.load(std::memory_order_relaxed)) door::leave(line, part, shape);
  part.by_door.store(false, std::memory_order_relaxed);
  part.owner.store(0, std::memory_order_release);
}

/// The kernel is to look at the word should we die: from before the step on it. Without the door by
/// `pending`; with it by the list, since it comes to `pending` last, and by then another one could
/// have come through the dead one's door. It comes to the mutex before the door.
void attend(own_part& part, const robust_shape& shape, bool by_door) noexcept {
  std::byte* const node = node_in(part, shape);
  robust_head& list = *noted_thread.list;
  if (by_door)
    robust::link_before(list, shape, node, door::node_in(part, shape));
  else
    robust::announce(list, node);
}

/// It has nothing to look at after all.
void attend_no_more(own_part& part, const robust_shape& shape, bool by_door) noexcept {
  if (by_door)
    robust::unlink(*noted_thread.list, shape, node_in(part, shape));
  else
    robust::announce_done(*noted_thread.list);
}

/// The step on the word, and what belongs to it. The nodes are claimed.
/// `reserved`: nobody else can take it.
taking step_on(owner_line& line, own_part& part, const robust_shape& shape, std::uint64_t& seen,
               std::uint64_t mine, bool reserved) noexcept {
  const bool by_door = part.by_door.load(std::memory_order_relaxed);
  const std::uint64_t before = seen;
  attend(part, shape, by_door);
  if (!line.word.compare_exchange_strong(seen, mine, std::memory_order_acq_rel)) {
    attend_no_more(part, shape, by_door);
    return taking::changed;
  }
  if (by_door && !reserved && !door::is_held(line)) {
    go_back(line.word, mine, before);
    attend_no_more(part, shape, by_door);
    return taking::held_up;
  }
  if (!by_door) {
    enlist(node_in(part, shape), shape);
    robust::announce_done(*noted_thread.list);
  }
  ++noted_thread.owned;
  return taking::taken;
}

}  // namespace

void go_back(std::atomic<std::uint64_t>& word, std::uint64_t mine, std::uint64_t before) noexcept {
  std::uint64_t seen = word.load(std::memory_order_relaxed);
  while (owner_word::owner(seen) == owner_word::owner(mine))
    if (word.compare_exchange_weak(seen, before | (seen & owner_word::waiters))) break;
  if ((seen & owner_word::waiters) != 0) wake_one(futex_half(word));
}

void come(owner_line& line, own_part& part) noexcept {
  const std::uint32_t me = owner_word::nonce(noted_thread.token);
  if (part.came_as.load(std::memory_order_relaxed) == me) return;
  const std::uint64_t space = own_facts().space;
  std::uint64_t first = 0;
  if (space == 0 || (!line.space.compare_exchange_strong(first, space) && first != space))
    line.several_spaces.store(1);
  part.came_as.store(me, std::memory_order_relaxed);
}

bool several_spaces(const owner_line& line) noexcept {
  return line.several_spaces.load(std::memory_order_relaxed) != 0;
}

taking claim_nodes(const std::atomic<std::uint64_t>& word, own_part& part, std::uint64_t& seen,
                   bool short_ways) noexcept {
  using namespace std::chrono_literals;
  for (back_off pause(short_ways ? 20ms : 1ms);; pause.once()) {
    // First: where another thread of ours has just come, to claim asks the system about it.
    const std::uint64_t now = word.load(std::memory_order_acquire);
    if (now != std::exchange(seen, now)) return taking::changed;
    if (claim(part, noted_thread, short_ways)) return taking::taken;
    if (pause.too_long()) return taking::held_up;
  }
}

bool owns_too_many(std::uint64_t me, std::size_t more) noexcept {
  return !owner_word::is_recorded(me) && noted_thread.owned + more > most_owned;
}

taking approach(owner_line& line, std::uint64_t me, std::uint64_t& seen) noexcept {
  if (owner_word::is_recorded(me)) return taking::taken;
  const robust_shape& shape = *known_shape();
  own_part& part = part_behind(line);
  come(line, part);
  if (is_own(line)) drop(line, part, shape);
  if (const taking how = claim_nodes(line.word, part, seen, true); how != taking::taken) return how;
  const bool by_door = several_spaces(line);
  part.by_door.store(by_door, std::memory_order_relaxed);
  if (!by_door || door::enter(line, part, shape)) return taking::taken;
  part.by_door.store(false, std::memory_order_relaxed);
  disclaim(part, noted_thread, true);
  return taking::held_up;
}

void withdraw(owner_line& line, std::uint64_t me) noexcept {
  if (owner_word::is_recorded(me)) return;
  own_part& part = part_behind(line);
  if (part.by_door.load(std::memory_order_relaxed)) door::leave(line, part, *known_shape());
  part.by_door.store(false, std::memory_order_relaxed);
  disclaim(part, noted_thread, true);
}

taking take_approached(owner_line& line, std::uint64_t& seen, std::uint64_t mine,
                       bool reserved) noexcept {
  const std::uint64_t me = owner_word::owner(mine);
  if (owner_word::is_recorded(me)) {
    if (!line.word.compare_exchange_strong(seen, mine, std::memory_order_acq_rel))
      return taking::changed;
    line.depth.store(0, std::memory_order_relaxed);
    return taking::taken;
  }
  const taking how = step_on(line, part_behind(line), *known_shape(), seen, mine, reserved);
  if (how != taking::taken) return how;
  line.depth.store(0, std::memory_order_relaxed);
  if (line.noted.load(std::memory_order_relaxed) != me) note_owner(line, noted_thread);
  return taking::taken;
}

taking take(owner_line& line, std::uint64_t& seen, std::uint64_t mine) noexcept {
  const std::uint64_t me = owner_word::owner(mine);
  if (const taking how = approach(line, me, seen); how != taking::taken) return how;
  const taking how = take_approached(line, seen, mine, false);
  if (how != taking::taken) withdraw(line, me);
  return how;
}

std::uint64_t release(owner_line& line, const std::array<std::uint64_t, 2>& identity,
                      std::uint64_t me, std::uint64_t kept) noexcept {
  own_part* part = nullptr;
  const robust_shape* const shape = owner_word::is_recorded(me) ? nullptr : known_shape();
  if (shape != nullptr) {
    part = is_own(line) ? &part_behind(line)  // or it was locked through another mapping
                        : part_in_own_list(*noted_thread.list, *shape, identity);
  }
  if (part != nullptr && !part->by_door.load(std::memory_order_relaxed)) {
    std::byte* const node = node_in(*part, *shape);
    robust::announce(*noted_thread.list, node);
    unlink(node, *shape);
    part->owner.store(0, std::memory_order_release);
  }
  std::uint64_t seen = line.word.load(std::memory_order_relaxed);
  while (owner_word::owner(seen) == me &&
         !line.word.compare_exchange_weak(seen, seen & kept, std::memory_order_acq_rel)) {
  }
  if (part != nullptr && part->by_door.load(std::memory_order_relaxed)) drop(line, *part, *shape);
  return seen;
}

bool is_own(owner_line& line) noexcept {
  const owning_thread* const self = known_thread();
  const own_part& part = part_behind(line);
  return self != nullptr && part.owner.load(std::memory_order_relaxed) == self->token &&
         part.start.load(std::memory_order_relaxed) == self->start;
}

void forget(owner_line& line) noexcept { drop(line, part_behind(line), *known_shape()); }

void released(std::uint64_t me) noexcept {
  if (!owner_word::is_recorded(me)) robust::announce_done(*noted_thread.list);
}

}  // namespace holding
}  // namespace isthmus::detail
