// SPDX-License-Identifier: MIT
#include "posix/owners/owner_page.hpp"

#include "posix/names/anchor.hpp"
#include "posix/system/fork.hpp"

#include <sys/mman.h>

#include <mutex>
#include <utility>

namespace isthmus::detail {
namespace {

constexpr std::size_t pair_size = 2 * dispatcher_page_size;

bool has_parts() noexcept { return page_size() == dispatcher_page_size; }

own_part& part_of(std::byte* page) noexcept {
  return *static_cast<own_part*>(static_cast<void*>(page + dispatcher_page_size));
}

/// Whether nobody will look at the nodes again while part.owner is `owner`: not the kernel, not the
/// C library, not we.
bool at_rest_for(const own_part& part, std::uint64_t owner, const owning_thread& self) noexcept {
  if (owner == 0 || owner_word::nonce(owner) != process_nonce()) return true;  // or of a parent
  const bool known = (owner & arriving) == 0;
  const std::uint64_t start = known ? part.start.load(std::memory_order_relaxed) : 0;
  if ((owner & ~arriving) == self.token) return known && start != self.start;  // had our number
  return thread_has_gone(owner_word::thread(owner), start);
}

bool is_at_rest(const own_part& part) noexcept { return is_unlinked(part, noted_thread); }

// Pages whose last handle was closed while a thread of this process owned the mutex. Whoever has
// the lock has the gate as well, so a fork never meets it taken.
std::mutex retired_lock;
own_part* retired = nullptr;

void unmap(own_part& part) noexcept { ::munmap(part.mapping, part.length); }

/// A few of them each time, since to ask about one takes system calls. What has to stay comes last.
void unmap_what_is_at_rest() noexcept {
  constexpr int few = 4;
  own_part* kept = nullptr;
  for (int i = 0; i < few && retired != nullptr; ++i) {
    own_part& one = *std::exchange(retired, retired->next_retired);
    if (is_at_rest(one))
      unmap(one);
    else
      one.next_retired = std::exchange(kept, &one);
  }
  own_part** end = &retired;
  while (*end != nullptr) end = &(*end)->next_retired;
  *end = kept;
}

}  // namespace

std::byte* map_owner_pages(int fd, std::span<const std::uint64_t> places,
                           const std::array<std::uint64_t, 2>& identity) noexcept {
  const hold_off_fork gate;
  {
    const std::scoped_lock guard{retired_lock};
    unmap_what_is_at_rest();
  }
  if (!has_parts()) {
    void* const only = ::mmap(nullptr, dispatcher_page_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                              static_cast<off_t>(places.front()));
    return only != MAP_FAILED ? static_cast<std::byte*>(only) : nullptr;
  }
  const std::size_t length = places.size() * pair_size;
  void* const place =
      ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) return nullptr;
  auto* const first = static_cast<std::byte*>(place);
  std::byte* page = first;
  for (const std::uint64_t in_file : places) {
    own_part& part = part_of(page);
    part.magic = own_part_magic;  // now, and not within a lock, the page is really there
    part.identity = identity;
    part.mapping = first;
    part.length = length;
    if (::mmap(page, dispatcher_page_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
               static_cast<off_t>(in_file)) == MAP_FAILED) {
      const int error = errno;
      ::munmap(first, length);
      errno = error;
      return nullptr;
    }
    page += pair_size;
  }
  return first;
}

void unmap_owner_pages(std::byte* first, own_part& last) noexcept {
  const hold_off_fork gate;
  if (!has_parts()) {
    ::munmap(first, dispatcher_page_size);
    return;
  }
  (void)fork_generation();
  if (is_at_rest(last)) return unmap(last);
  const std::scoped_lock guard{retired_lock};
  last.next_retired = std::exchange(retired, &last);
}

own_part* part_in_own_list(const robust_head& head, const robust_shape& shape,
                           const std::array<std::uint64_t, 2>& identity) noexcept {
  const auto* const end = static_cast<const std::byte*>(static_cast<const void*>(&head.next));
  const std::byte* node = robust::without_mark(head.next);
  const auto place = static_cast<std::uintptr_t>(-shape.offset - 16);
  for (int i = 0; i < robust::most_entries && node != end; ++i) {
    // Whoever has this node, the page in which it lies is there.
    if ((reinterpret_cast<std::uintptr_t>(node) & (dispatcher_page_size - 1)) == place) {
      auto* const part =
          static_cast<own_part*>(const_cast<void*>(static_cast<const void*>(node - place)));
      if (part->magic == own_part_magic && part->identity == identity) return part;
    }
    node = robust::without_mark(robust::next_of(node));
  }
  return nullptr;
}

bool is_unlinked(const own_part& part, const owning_thread& self) noexcept {
  return at_rest_for(part, part.owner.load(std::memory_order_acquire), self);
}

bool claim(own_part& part, const owning_thread& self, bool short_ways) noexcept {
  std::uint64_t seen = part.owner.load(std::memory_order_acquire);
  if (!at_rest_for(part, seen, self) ||
      !part.owner.compare_exchange_strong(seen, self.token | arriving))
    return false;
  part.start.store(self.start, std::memory_order_relaxed);
  if (!short_ways) {
    part.owner.store(self.token, std::memory_order_release);
    return true;
  }
  seen = self.token | arriving;
  return part.owner.compare_exchange_strong(seen, self.token);  // no: one came by the short way
}

void disclaim(own_part& part, const owning_thread& self, bool short_ways) noexcept {
  if (!short_ways) return part.owner.store(0, std::memory_order_release);
  std::uint64_t mine = self.token;
  part.owner.compare_exchange_strong(mine, 0);
}

}  // namespace isthmus::detail
