// SPDX-License-Identifier: MIT
#include "posix/objects/fill.hpp"

#include "posix/owners/users.hpp"
#include "posix/system/memory.hpp"
#include "posix/system/seam.hpp"
#include "posix/system/space.hpp"
#include "posix/system/user_space.hpp"
#include "posix/words/owner_word.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace isthmus::detail {
namespace {

using seam::step;

anchor_header header_of(const object_facts& facts, std::string_view name) noexcept {
  anchor_header header{};
  header.magic = anchor_magic;
  header.version = layout_version;
  header.kind = facts.kind;
  header.before = bytes_before(facts);
  header.size = facts.size;
  header.identity = facts.identity;
  header.flags = facts.flags;
  header.access = static_cast<std::uint32_t>(facts.access);
  header.creator_user = facts.creator_user;
  header.creator_process = facts.creator_process;
  header.file_device = facts.file_device;
  header.file_inode = facts.file_inode;
  if ((header.flags & anchor_global) != 0) header.user_space = user_space();
  header.path_length = static_cast<std::uint32_t>(facts.path.size());
  header.name_length = static_cast<std::uint32_t>(name.size());
  std::copy(name.begin(), name.end(), header.name.begin());
  return header;
}

bool write_at(int fd, const void* data, std::size_t size, std::uint64_t place,
              std::string_view where, failure& why) {
  const auto done = write_memory(fd, data, size, place);
  if (done == static_cast<ssize_t>(size)) return true;
  why.set_native(done < 0 ? errno : ENOSPC,
                 (done < 0 && errno != ENOSPC)
                     ? std::string()
                     : "no space in " + std::string(where) + "; make it larger, or use less");
  return false;
}

/// A dispatcher object's own page is written at once; what comes before takes no memory yet.
bool fill_page(int fd, const blueprint& plan, std::string_view name, std::string_view where,
               failure& why) {
  const std::uint64_t place = bytes_before(plan.facts);
  if (!check_size_limit(place + page_size(), why)) return false;
  std::array<std::byte, dispatcher_page_size> page{};
  const anchor_header header = header_of(plan.facts, name);
  std::memcpy(page.data(), &header, sizeof header);
  std::byte* const state = page.data() + block_place(plan.facts.identity);
  std::memcpy(state + offsetof(dispatcher_state, word), &plan.word, sizeof plan.word);
  std::memcpy(state + offsetof(dispatcher_state, mode), &plan.mode, sizeof plan.mode);
  const short_way way = short_way_of(plan.facts.kind, plan.mode);
  std::memcpy(state + offsetof(dispatcher_state, short_way), &way, sizeof way);
  std::memcpy(state + offsetof(dispatcher_state, maximum), &plan.maximum, sizeof plan.maximum);
  std::byte* const line = page.data() + page.size() - sizeof(owner_line);
  std::memcpy(line + offsetof(owner_line, shared_for_all), &shared_for_all_value,
              sizeof shared_for_all_value);
  if (owner_word::is_recorded(plan.owner))
    std::memcpy(line + offsetof(owner_line, word), &plan.owner, sizeof plan.owner);
  if ((plan.facts.flags & anchor_global) != 0) {
    const std::uint32_t user = first_user();
    std::memcpy(state + offsetof(dispatcher_block, users), &user, sizeof user);
  }
  seam::at(step::create_space_taken);
  return (page.size() == page_size() || set_size(fd, place + page_size(), where, why)) &&
         write_at(fd, page.data(), page.size(), place, where, why);
}

}  // namespace

std::uint64_t bytes_before(const object_facts& facts) noexcept {
  if (facts.kind != kind::section) return page_size();
  if ((facts.flags & anchor_apart) != 0) return 0;
  return (facts.flags & anchor_file) != 0 ? page_size() : facts.size;
}

bool fill_header(int fd, const object_facts& facts, std::string_view name, std::string_view where,
                 failure& why) {
  const anchor_header header = header_of(facts, name);
  return take_space(fd, bytes_before(facts), page_size(), where, why) &&
         write_at(fd, &header, sizeof header, bytes_before(facts), where, why);
}

bool fill(int fd, const blueprint& plan, std::string_view name, std::string_view where,
          failure& why) {
  if (plan.facts.kind != kind::section) return fill_page(fd, plan, name, where, why);
  const std::uint64_t before = bytes_before(plan.facts);
  const bool reserve = (plan.facts.flags & anchor_reserve) != 0;
  const std::uint64_t taken_from = reserve ? before : 0;
  const std::uint64_t taken = before - taken_from + page_size();
  if (!check_space(fd, before + page_size(), taken, where, why)) return false;
  if (reserve && !set_size(fd, before + page_size(), where, why)) return false;
  if (!take_space(fd, taken_from, taken, where, why)) return false;
  seam::at(step::create_space_taken);
  if (!plan.facts.path.empty() &&
      !write_at(fd, plan.facts.path.data(), plan.facts.path.size(), 0, where, why))
    return false;
  const anchor_header header = header_of(plan.facts, name);
  return write_at(fd, &header, sizeof header, before, where, why);
}

}  // namespace isthmus::detail
