// SPDX-License-Identifier: MIT
#include "table.hpp"

#include "error.hpp"
#include "inherit.hpp"
#include "posix/fork.hpp"

#include <array>
#include <bit>
#include <mutex>
#include <new>
#include <vector>

namespace isthmus::veneer {
namespace {

constexpr std::size_t places_in_chunk = 1024;
constexpr std::size_t most_chunks = 16384;  // NT's own limit: 16 million handles
using chunk = std::array<place, places_in_chunk>;

/// Chunks are made when they are needed, and stay: whoever looks a handle up needs no lock. All of
/// this has static storage and no destructor, so that it serves before main and in exit handlers.
std::array<std::atomic<chunk*>, most_chunks> chunks{};
std::atomic<std::size_t> used{0};  // places that have been in use

std::atomic<bool> unswept{false};

std::mutex table_lock;  // guards what follows, and who becomes live
/// A bit for each place, set while it is in use. A leak on purpose.
std::vector<std::uint64_t>& taken() {
  static auto* const bits = new std::vector<std::uint64_t>;
  return *bits;
}

place* at(std::size_t index) noexcept {
  if (index >= places_in_chunk * most_chunks) return nullptr;
  chunk* const found = chunks[index / places_in_chunk].load(std::memory_order_acquire);
  return found != nullptr ? &(*found)[index % places_in_chunk] : nullptr;
}

std::size_t index_of(HANDLE handle) noexcept {
  return reinterpret_cast<std::uintptr_t>(handle) / 4 - 1;  // the low two bits do not count
}

/// The place, made if need be; the lock is held.
place* make(std::size_t index) {
  if (index >= places_in_chunk * most_chunks) return nullptr;
  auto& home = chunks[index / places_in_chunk];
  if (home.load(std::memory_order_relaxed) == nullptr)
    home.store(new chunk, std::memory_order_release);
  if (taken().size() <= index / 64) taken().resize(index / 64 + 1);
  if (used.load(std::memory_order_relaxed) <= index) used.store(index + 1);
  return at(index);
}

std::size_t lowest_free() noexcept {
  const auto& bits = taken();
  for (std::size_t i = 0; i < bits.size(); ++i)
    if (~bits[i] != 0) return i * 64 + static_cast<std::size_t>(std::countr_one(bits[i]));
  return bits.size() * 64;
}

/// Makes the place live; the lock is held.
bool take(std::size_t index, std::unique_ptr<entry> what, DWORD flags) {
  place* const to = make(index);
  if (to == nullptr) return false;
  taken()[index / 64] |= std::uint64_t{1} << index % 64;
  what->flags.store(flags, std::memory_order_relaxed);
  to->what = what.release();
  to->word.fetch_add(place::live, std::memory_order_release);
  return true;
}

void give_back(const place* from) noexcept {
  const std::scoped_lock held(table_lock);
  auto& bits = taken();
  for (std::size_t i = 0; i * places_in_chunk < used.load(); ++i) {
    const chunk* const here = chunks[i].load(std::memory_order_relaxed);
    if (here == nullptr || from < here->data() || from >= here->data() + here->size()) continue;
    const std::size_t index = i * places_in_chunk + static_cast<std::size_t>(from - here->data());
    bits[index / 64] &= ~(std::uint64_t{1} << index % 64);
  }
}

/// In a fork's child: the threads that pinned are not there. Nothing is closed here, where the
/// library may not be ready yet: sweep() does that.
void drop_pins() noexcept {
  for (std::size_t i = 0; i < used.load(); ++i) {
    place* const here = at(i);
    if (here == nullptr) continue;
    if (here->word.load() >= place::dying) unswept.store(true);
    here->word.store(here->word.load() & ~(place::live - 1));
  }
}

const at_fork watch_table({[] { table_lock.lock(); }, [] { table_lock.unlock(); },
                           [] {
                             table_lock.unlock();
                             drop_pins();
                           }});

/// Ends what was closed in the parent, but still in use by threads that the child does not have.
void sweep() noexcept {
  if (!unswept.exchange(false)) return;
  for (std::size_t i = 0; i < used.load(); ++i)
    if (place* const here = at(i); here != nullptr && here->word.load() == place::dying)
      here->end();
}

/// Before main: nobody must ask for what is inherited.
[[maybe_unused]] const bool adopted = (adopt_inherited(), true);

/// A process that ends closes its handles, so that nothing is left for others to clear away.
[[gnu::destructor(101)]] void close_all() {
  for (std::size_t i = 0; i < used.load(); ++i) {
    if (const pin found(handle_at(i)); found)
      found->flags.fetch_and(~DWORD{HANDLE_FLAG_PROTECT_FROM_CLOSE});
    close(handle_at(i));
  }
}

}  // namespace

place* place_of(HANDLE handle) noexcept { return at(index_of(handle)); }

std::size_t places() noexcept { return used.load(); }

void place::end() noexcept {
  std::uint64_t unpinned = dying;
  if (!word.compare_exchange_strong(unpinned, ending, std::memory_order_acq_rel)) return;
  delete std::exchange(what, nullptr);
  word.fetch_sub(ending, std::memory_order_release);
  give_back(this);
}

HANDLE insert(std::unique_ptr<entry> what, DWORD flags) noexcept {
  sweep();
  adopt_inherited();  // before its values are given away
  try {
    const std::scoped_lock held(table_lock);
    const std::size_t index = lowest_free();
    if (take(index, std::move(what), flags)) return handle_at(index);
    return no_handle(ERROR_NO_SYSTEM_RESOURCES);
  } catch (const std::bad_alloc&) {
    return no_handle(ERROR_NOT_ENOUGH_MEMORY);
  }
}

bool insert_at(HANDLE handle, std::unique_ptr<entry> what, DWORD flags) noexcept {
  try {
    const std::scoped_lock held(table_lock);
    const std::size_t index = index_of(handle);
    const place* const to = make(index);
    if (to == nullptr || (taken()[index / 64] >> index % 64 & 1) != 0) return false;
    return take(index, std::move(what), flags);
  } catch (const std::bad_alloc&) {
    return false;
  }
}

HANDLE replace(HANDLE handle, std::unique_ptr<entry>& what, DWORD flags) noexcept {
  place* const at = place_of(handle);
  if (const pin found(handle);
      !found || (found->flags.load() & HANDLE_FLAG_PROTECT_FROM_CLOSE) != 0)
    return nullptr;
  std::uint64_t unpinned = place::live;
  if (!at->word.compare_exchange_strong(unpinned, place::ending, std::memory_order_acq_rel))
    return nullptr;
  what->flags.store(flags, std::memory_order_relaxed);
  const std::unique_ptr<entry> before(std::exchange(at->what, what.release()));
  at->word.fetch_add(place::live - place::ending, std::memory_order_release);
  return handle_at(index_of(handle));
}

bool close(HANDLE handle) noexcept {
  sweep();
  place* const at = place_of(handle);
  if (at == nullptr) return false;
  {
    const pin found(handle);
    if (!found || (found->flags.load() & HANDLE_FLAG_PROTECT_FROM_CLOSE) != 0) return false;
    auto word = at->word.load(std::memory_order_relaxed);
    do {
      if ((word & place::live) == 0) return false;  // another thread was faster
    } while (!at->word.compare_exchange_weak(word, word - place::live + place::dying,
                                             std::memory_order_acq_rel));
  }
  return true;
}

}  // namespace isthmus::veneer
