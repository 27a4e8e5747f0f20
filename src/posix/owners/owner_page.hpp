// SPDX-License-Identifier: MIT
//
// The mapping of a mutex's page. Right behind it lies a page of this process's own, with the nodes
// by which what a thread owns is in its list (robust_list.hpp): no pointer that anybody follows is
// in memory that others may write.
//
//     shared   … header … block … owner_line{ … word, commit } ║ own_part{ nodes, owner … }   own
#pragma once

#include "posix/owners/self.hpp"
#include "posix/system/robust_list.hpp"
#include "posix/words/layout.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace isthmus::detail {

/// What this process alone knows of a mutex that it has mapped.
struct own_part {
  std::array<std::byte, 64> nodes;
  std::array<std::uint64_t, 2> magic;     ///< tells it from what else is in a list
  std::array<std::uint64_t, 2> identity;  ///< the object's
  /// The thread in whose list the nodes are, or which alone may link them; 0: none. This decides
  /// about linking, unlinking and unmapping; what the shared words say never does. Marked with
  /// `arriving` until `start` is that thread's.
  std::atomic<std::uint64_t> owner;
  std::atomic<std::uint64_t> start;    ///< when that thread began
  std::atomic<std::uint32_t> came_as;  ///< the process that has said from which space it comes
  std::atomic<bool> by_door;           ///< the owner has gone through the door
  /// For how long the shared word has not moved; see witness.hpp.
  std::atomic<std::uint64_t> stuck_word;
  std::atomic<std::uint64_t> stuck_since;
  own_part* next_retired;
  std::byte* mapping;  ///< the whole of it,
  std::size_t length;  ///< which goes when nobody will look at the nodes any more
};
inline constexpr std::array<std::uint64_t, 2> own_part_magic{0x6F776E6572206F66,
                                                             0x6973746D75732121};
inline constexpr std::uint64_t arriving = owner_word::mark;

inline own_part& part_behind(owner_line& line) noexcept {
  return *static_cast<own_part*>(static_cast<void*>(&line + 1));
}
/// The node of the mutex's word.
inline std::byte* node_behind(owner_line& line, const robust_shape& shape) noexcept {
  return static_cast<std::byte*>(static_cast<void*>(&line.word)) - shape.offset;
}

/// Where the owner notes who it is. By what we know of the object: its header can be written over.
inline owner_note& note_of(owner_line& line) noexcept {
  auto* const page = static_cast<std::byte*>(static_cast<void*>(&line + 1)) - dispatcher_page_size;
  const std::size_t place = block_place(part_behind(line).identity);
  return static_cast<dispatcher_block*>(static_cast<void*>(page + place))->owner;
}

/// Maps a part of a file with pages of the process's own: `places` are those of pages in the file,
/// each of which gets a part of its own behind it. The first page; nullptr and errno on failure.
std::byte* map_owner_pages(int fd, std::span<const std::uint64_t> places,
                           const std::array<std::uint64_t, 2>& identity) noexcept;
/// Unmaps them all; later, if a thread of this process is at the nodes of the last. Where a page of
/// the system's is larger, there is one, without a part: nobody has a list there.
void unmap_owner_pages(std::byte* first, own_part& last) noexcept;

/// The part by which this thread owns a mutex, through whichever mapping, or nullptr.
own_part* part_in_own_list(const robust_head& head, const robust_shape& shape,
                           const std::array<std::uint64_t, 2>& identity) noexcept;

/// Whether the nodes are in nobody's list, so that this thread could claim them.
bool is_unlinked(const own_part& part, const owning_thread& self) noexcept;
/// Makes the nodes this thread's to link, if they are in nobody's list. `short_ways`: there are
/// such to these nodes (holding.hpp), which do not claim them.
bool claim(own_part& part, const owning_thread& self, bool short_ways) noexcept;
/// It has linked none.
void disclaim(own_part& part, const owning_thread& self, bool short_ways) noexcept;

}  // namespace isthmus::detail
