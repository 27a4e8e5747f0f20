// SPDX-License-Identifier: MIT
//
// Where the records of an object's owners are, as the object itself tells.
#include "posix/owners/identity.hpp"
#include "posix/owners/record.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace isthmus::detail {

std::uint64_t directory_id(int directory) noexcept {
  struct stat info {};
  if (::fstat(directory, &info) != 0 || info.st_nlink == 0) return 0;
  std::uint64_t hash = 0xCBF29CE484222325 ^ static_cast<std::uint64_t>(info.st_dev);
  hash = (hash ^ static_cast<std::uint64_t>(info.st_ino)) * 0x100000001B3;
  return (hash ^ hash >> 29) | 1;
}

void come_with_record(dispatcher_block& block, std::uint64_t me) noexcept {
  owner_line& line = line_of(block);
  const std::uint64_t place = own_place(nonce_of(me), has_users(block));
  std::uint64_t first = line.record_place.load(std::memory_order_relaxed);
  if (first == 0 && place != 0 && line.record_place.compare_exchange_strong(first, place)) return;
  if (first != place || place == 0) line.several_places.store(1);
}

noted_owner recorded_note(const dispatcher_block& block, std::uint64_t me) noexcept {
  noted_owner self;
  self.owner = me;
  self.space = own_place(nonce_of(me), has_users(block));
  if (const own_record ours = own_record_of(nonce_of(me))) {
    self.process_id = ours.facts.process_id;
    std::copy(ours.facts.program.begin(), ours.facts.program.end(), self.program.begin());
  }
  return self;
}

void note_record(dispatcher_block& block, std::uint64_t me) noexcept {
  owner_line& line = line_of(block);
  if (line.noted.load(std::memory_order_relaxed) == me) return;
  write_note(block.owner, recorded_note(block, me));
  line.noted.store(me, std::memory_order_relaxed);
}

}  // namespace isthmus::detail
