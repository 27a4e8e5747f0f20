// SPDX-License-Identifier: MIT
#include "owners/holding.hpp"

#include "back_off.hpp"
#include "owners/door.hpp"
#include "owners/witness.hpp"

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

/// Says from which space of process numbers this process comes, before it first owns the mutex.
void come(owner_line& line, own_part& part, std::uint64_t me) noexcept {
  const std::uint64_t space = own_facts().space;
  std::uint64_t first = 0;
  if (space == 0 || (!line.space.compare_exchange_strong(first, space) && first != space))
    line.several_spaces.store(1);
  part.came_as.store(owner_word::nonce(me), std::memory_order_relaxed);
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

/// Claims the nodes while the word stays as it was seen; waits a moment for another thread of ours
/// that is just coming or going.
taking claim_nodes(owner_line& line, own_part& part, std::uint64_t& seen) noexcept {
  using namespace std::chrono_literals;
  for (back_off pause(20ms);; pause.once()) {
    if (claim(part, noted_thread)) return taking::taken;
    const std::uint64_t now = line.word.load(std::memory_order_acquire);
    if (now != std::exchange(seen, now)) return taking::changed;
    if (pause.too_long()) return taking::held_up;
  }
}

/// The step on the word, and what belongs to it. The nodes are claimed.
taking step_on(owner_line& line, own_part& part, const robust_shape& shape, std::uint64_t& seen,
               std::uint64_t mine, bool by_door) noexcept {
  const std::uint64_t before = seen;
  attend(part, shape, by_door);
  if (!line.word.compare_exchange_strong(seen, mine, std::memory_order_acq_rel)) {
    attend_no_more(part, shape, by_door);
    return taking::changed;
  }
  if (by_door && !door::is_held(line)) {
    std::uint64_t ours = mine;
    line.word.compare_exchange_strong(ours, before);
    attend_no_more(part, shape, by_door);
    return taking::held_up;
  }
  if (!by_door) {
    robust::link(*noted_thread.list, shape, node_in(part, shape));
    robust::announce_done(*noted_thread.list);
  }
  part.by_door.store(by_door, std::memory_order_relaxed);
  ++noted_thread.owned;
  return taking::taken;
}

}  // namespace

bool owns_too_many(std::uint64_t me, std::size_t more) noexcept {
  return !owner_word::is_recorded(me) && noted_thread.owned + more > most_owned;
}

bool can_take(owner_line& line, std::uint64_t me) noexcept {
  if (owner_word::is_recorded(me)) return true;
  return is_own(line) || is_unlinked(part_behind(line), noted_thread);
}

taking take(owner_line& line, std::uint64_t& seen, std::uint64_t mine) noexcept {
  const std::uint64_t me = owner_word::owner(mine);
  if (owner_word::is_recorded(me)) {
    if (!line.word.compare_exchange_strong(seen, mine, std::memory_order_acq_rel))
      return taking::changed;
    line.depth.store(0, std::memory_order_relaxed);
    return taking::taken;
  }
  const robust_shape& shape = *known_shape();
  own_part& part = part_behind(line);
  if (part.came_as.load(std::memory_order_relaxed) != owner_word::nonce(me)) come(line, part, me);
  if (is_own(line)) drop(line, part, shape);
  if (const taking how = claim_nodes(line, part, seen); how != taking::taken) return how;
  const bool by_door = line.several_spaces.load(std::memory_order_relaxed) != 0;
  const bool entered = by_door && door::enter(line, part, shape);
  const taking how = entered == by_door ? step_on(line, part, shape, seen, mine, by_door)  //
                                        : taking::held_up;
  if (how != taking::taken) {
    if (entered) door::leave(line, part, shape);
    disclaim(part, noted_thread);
    return how;
  }
  line.depth.store(0, std::memory_order_relaxed);
  if (line.noted.load(std::memory_order_relaxed) != me) note_owner(line, noted_thread);
  return taking::taken;
}

std::uint64_t release(owner_line& line, const std::array<std::uint64_t, 2>& identity,
                      std::uint64_t me, std::uint64_t kept) noexcept {
  own_part* part = nullptr;
  const robust_shape* const shape = known_shape();
  if (!owner_word::is_recorded(me)) {
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
