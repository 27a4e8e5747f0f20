// SPDX-License-Identifier: MIT
#include "table.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <utility>

namespace wordcount {

namespace {

// What the owner of a chunk may be; any other value is a member's number plus one.
constexpr std::uint32_t free_chunk = 0;
constexpr std::uint32_t done_chunk = 0xffffffff;

constexpr std::uint64_t align(std::uint64_t offset) noexcept { return (offset + 63) / 64 * 64; }

struct sizes {
  std::uint64_t chunk_size;
  std::uint32_t chunks;
  std::uint32_t slots;
  std::uint32_t word_bytes;
};

/// Chunks small enough that all have work until the end, and large enough that merging them costs
/// little. Places for more different words than any ordinary text of the size has.
sizes sizes_for(const table::plan& of) {
  const auto parts = std::uint64_t{16} * of.members;
  // No more chunks than their number can be told with, whatever the size.
  const auto chunk_size =
      std::max(std::clamp<std::uint64_t>(of.text_size / parts, 4096, 4 << 20), of.text_size >> 20);
  const auto chunks = (of.text_size + chunk_size - 1) / chunk_size;
  const auto words = std::clamp<std::uint64_t>(of.text_size / 16, 1 << 10, 1 << 19);
  const auto slots = std::bit_ceil(static_cast<std::uint32_t>(words));
  return {chunk_size, static_cast<std::uint32_t>(chunks), slots, 12 * slots};
}

struct offsets {
  std::uint64_t members, owners, slots, bytes, end;
};

offsets offsets_of(std::uint32_t members, std::uint32_t chunks, std::uint32_t slots,
                   std::uint32_t word_bytes) {
  offsets at{};
  at.members = align(sizeof(table_header));
  at.owners = align(at.members + std::uint64_t{members} * sizeof(member_record));
  at.slots = align(at.owners + std::uint64_t{chunks} * sizeof(std::uint32_t));
  at.bytes = align(at.slots + std::uint64_t{slots} * sizeof(word_slot));
  at.end = at.bytes + word_bytes;
  return at;
}

/// What is above has been stored before what is below. Only a kill can part them, and a killed
/// thread has done its stores in the order of the program; so only the compiler is to be told.
void in_this_order() noexcept { std::atomic_signal_fence(std::memory_order_seq_cst); }

using shared_number = std::atomic_ref<std::uint32_t>;

}  // namespace

std::uint64_t table::bytes_for(const plan& of) {
  const auto size = sizes_for(of);
  return offsets_of(of.members, size.chunks, size.slots, size.word_bytes).end;
}

table::table(isthmus::section memory, const plan& of)
    : memory_(std::move(memory)),
      view_(isthmus::view::map(memory_)),
      header_(&view_.as<table_header>()) {
  const auto size = sizes_for(of);
  header_->text_size = of.text_size;
  header_->chunk_size = size.chunk_size;
  header_->chunks = size.chunks;
  header_->members = of.members;
  header_->slots = size.slots;
  header_->word_bytes = size.word_bytes;
  map_parts();
}

table::table(isthmus::section memory)
    : memory_(std::move(memory)),
      view_(isthmus::view::map(memory_)),
      header_(&view_.as<table_header>()) {
  map_parts();
}

void table::map_parts() {
  const auto& h = *header_;
  const auto at = offsets_of(h.members, h.chunks, h.slots, h.word_bytes);
  members_ = view_.span<member_record>(at.members, h.members);
  owners_ = view_.span<std::uint32_t>(at.owners, h.chunks);
  slots_ = view_.span<word_slot>(at.slots, h.slots);
  bytes_ = view_.span<char>(at.bytes, h.word_bytes);
}

std::uint64_t table::chunk_begin(std::uint32_t chunk) const {
  return std::min(chunk * header_->chunk_size, header_->text_size);
}

std::optional<std::uint32_t> table::take_chunk(member_number member) {
  const auto mine = std::find(owners_.begin(), owners_.end(), member + 1);
  const auto found =
      mine != owners_.end() ? mine : std::find(owners_.begin(), owners_.end(), free_chunk);
  if (found == owners_.end()) return std::nullopt;
  *found = member + 1;
  return static_cast<std::uint32_t>(found - owners_.begin());
}

void table::give_chunk(std::uint32_t chunk, member_number member) { owners_[chunk] = member + 1; }

void table::merge(const frequencies& found, std::uint32_t chunk, member_number member,
                  const std::function<void()>& halfway) {
  auto& h = *header_;
  h.before = h.now;
  h.chunk = chunk;
  h.merger = member;
  const auto number = ++h.merges;
  in_this_order();
  h.merging = number;
  in_this_order();

  h.now.words += found.words();
  h.now.uncounted += found.too_long();
  auto left = found.entries().size() / 2;
  for (const auto& entry : found.entries()) {
    if (left-- == 0) halfway();
    auto* const slot = find(found.word(entry), entry.hash);
    if (slot == nullptr) {
      h.now.uncounted += entry.count;
      continue;
    }
    slot->before = slot->count;
    in_this_order();
    slot->stamp = number;
    in_this_order();
    slot->count += entry.count;
  }
  if (found.entries().empty()) halfway();

  owners_[chunk] = done_chunk;
  shared_number(h.chunks_done).fetch_add(1);
  in_this_order();
  h.merging = 0;  // until here all of it could be undone, from here on it is done
  in_this_order();
  ++members_[member].chunks;
}

void table::repair(member_number by) {
  // Whatever is done here may be done twice: the repairer may be killed as well.
  auto& h = *header_;
  if (h.merging == 0) return;
  std::uint32_t undone = 0;
  for (auto& slot : slots_) {
    if (slot.length == 0) continue;
    if (slot.stamp == h.merging) {
      slot.count = slot.before;
      ++undone;
    }
    // Words that only the unfinished merge has brought. They came last, so nothing that is older
    // was put elsewhere because of them.
    if (slot.start >= h.before.bytes) slot.length = 0;
  }
  h.now = h.before;
  owners_[h.chunk] = free_chunk;
  shared_number(h.chunks_done)
      .store(static_cast<std::uint32_t>(std::count(owners_.begin(), owners_.end(), done_chunk)));
  h.repair = {h.repair.repairs, h.merger, by, h.chunk, undone};
  in_this_order();
  h.merging = 0;
  in_this_order();
  shared_number(h.repair.repairs).fetch_add(1);
}

void table::take_back(member_number dead) {
  std::replace(owners_.begin(), owners_.end(), dead + 1, free_chunk);
}

void table::introduce(member_number member, std::uint32_t process_id) {
  members_[member].process_id = process_id;
}

std::uint32_t table::chunks_done() const { return shared_number(header_->chunks_done).load(); }
bool table::is_halfway() const { return shared_number(header_->halfway).load() != 0; }
void table::set_halfway() { shared_number(header_->halfway).store(1); }
std::uint32_t table::repairs() const { return shared_number(header_->repair.repairs).load(); }

std::string_view table::word(const word_slot& slot) const {
  return {&bytes_[slot.start], slot.length};
}

/// The word's slot, made where it is missing; nullptr where there is no room.
word_slot* table::find(std::string_view text, std::uint32_t hash) {
  const auto mask = header_->slots - 1;
  auto place = hash & mask;
  for (; slots_[place].length != 0; place = (place + 1) & mask) {
    auto& slot = slots_[place];
    if (slot.hash == hash && word(slot) == text) return &slot;
  }
  auto& now = header_->now;
  if (4 * std::uint64_t{now.distinct} >= 3 * std::uint64_t{header_->slots}) return nullptr;
  if (text.size() > header_->word_bytes - now.bytes) return nullptr;

  auto& slot = slots_[place];
  std::copy(text.begin(), text.end(), &bytes_[now.bytes]);
  slot.count = 0;
  slot.stamp = 0;
  slot.hash = hash;
  slot.start = now.bytes;
  in_this_order();
  slot.length = static_cast<std::uint32_t>(text.size());
  now.bytes += slot.length;
  ++now.distinct;
  return &slot;
}

std::vector<table::word_count> table::most_frequent(std::size_t how_many) const {
  std::vector<word_count> words;
  for (const auto& slot : slots_) {
    if (slot.length != 0) words.push_back({word(slot), slot.count});
  }
  const auto end = words.begin() + static_cast<std::ptrdiff_t>(std::min(how_many, words.size()));
  std::partial_sort(words.begin(), end, words.end(), [](const auto& a, const auto& b) {
    return a.count != b.count ? a.count > b.count : a.word < b.word;
  });
  words.erase(end, words.end());
  return words;
}

std::uint64_t table::sum() const {
  auto sum = header_->now.uncounted;
  for (const auto& slot : slots_) sum += slot.length != 0 ? slot.count : 0;
  return sum;
}

}  // namespace wordcount
