// SPDX-License-Identifier: MIT
//
// What processes share, byte for byte: the same for 32- and 64-bit processes and for every
// compiler. Whoever changes anything here raises layout_version.
//
// An object's file, its anchor, ends in a page with the header:
//
//     section of memory   [ bytes, rounded up to the page ][ header ]
//     the same, apart                                      [ header ], and the bytes as above in
//                                                          a shared memory object
//     section of a file   [ the file's path, one page     ][ header ]
//     dispatcher object   [ guard, one page               ][ header … block … ]
#pragma once

#include <isthmus/name.hpp>

#include "kind.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace isthmus::detail {

inline constexpr std::uint32_t layout_version = 6;
inline constexpr std::array<char, 8> anchor_magic{'i', 's', 't', 'h', 'm', 'u', 's', '\n'};
inline constexpr std::array<char, 8> record_magic{'i', 's', 't', 'h', 'p', 'r', 'o', '\n'};
inline constexpr std::array<char, 8> listener_magic{'i', 's', 't', 'h', 'l', 'i', 's', '\n'};

/// Flags of anchor_header::flags, fixed at creation.
inline constexpr std::uint32_t anchor_reserve = 1;  ///< section: committed part by part
inline constexpr std::uint32_t anchor_file = 2;     ///< section: the bytes are a file's
inline constexpr std::uint32_t anchor_global = 4;   ///< the name is one of scope::global
inline constexpr std::uint32_t anchor_apart = 8;    ///< section: the bytes are beside the anchor

/// What every object has.
struct anchor_header {
  std::array<char, 8> magic;
  std::uint32_t version;
  detail::kind kind;
  std::uint64_t before;                   ///< bytes of the anchor in front of the header's page
  std::uint64_t size;                     ///< section: its size
  std::array<std::uint64_t, 2> identity;  ///< random; no two objects have the same
  std::uint32_t flags;
  std::uint32_t access;        ///< section: the protection of its pages
  std::uint32_t creator_user;  ///< effective user id
  std::uint32_t creator_process;
  std::uint64_t file_device;  ///< section of a file: which one
  std::uint64_t file_inode;
  std::uint32_t path_length;
  std::uint32_t name_length;
  std::uint64_t user_space;                ///< global: in which user numbers are meant, or 0
  std::array<char, max_name_length> name;  ///< in full
};
static_assert(std::is_trivially_copyable_v<anchor_header>);
static_assert(offsetof(anchor_header, version) == 8 && offsetof(anchor_header, name) == 96);

/// How the short ways of counted_fast.hpp read an object's word, so that they need not look further
/// than at its line. Mutexes and timers have none of these.
enum class short_way : std::uint32_t { none, semaphore, automatic_event, manual_event };
constexpr short_way short_way_of(kind kind, std::uint32_t mode) noexcept {
  return kind == kind::semaphore ? short_way::semaphore
         : kind != kind::event   ? short_way::none
         : mode == 0             ? short_way::automatic_event
                                 : short_way::manual_event;
}

/// The state of a dispatcher object: one cache line that says everything. `word` is changed only by
/// single compare-and-swap steps, so a process killed at any instruction leaves a valid state.
struct dispatcher_state {
  std::atomic<std::uint64_t> word;  ///< not of a mutex: that is in its owner_line
  std::uint64_t reserved_too;
  std::atomic<std::uint32_t> all;       ///< waits for all that sleep here; see give.hpp
  std::atomic<std::uint32_t> looked;    ///< how many of those have looked again, ever
  std::atomic<std::uint64_t> granted;   ///< when the latest grant was made, monotonic nanoseconds
  std::atomic<std::uint32_t> portable;  ///< a process of the portable engine has opened the object
  std::uint32_t mode;                   ///< event, timer: 1 if manual
  std::uint32_t maximum;                ///< semaphore: of its count
  detail::short_way short_way;          ///< as the kind and `mode` say
  std::array<std::uint32_t, 4> reserved;
};
static_assert(sizeof(dispatcher_state) == 64 && std::atomic<std::uint64_t>::is_always_lock_free);

/// The last line of a dispatcher object's page. A mutex's word stands where the kernel's list of
/// what a thread owns can lead from it into memory of the process alone, which is mapped behind the
/// page; see owners/owner_page.hpp.
struct owner_line {
  std::atomic<std::uint64_t> noted;  ///< the owner whom `owner_note` tells of
  std::atomic<std::uint64_t> space;  ///< the first user's space of process numbers; 0: nobody's yet
  std::atomic<std::uint32_t> several_spaces;  ///< others have come: they go by the door
  std::atomic<std::uint32_t> several_places;  ///< the same of the next one
  /// The directory of the first who used it with a record; 0: nobody has.
  std::atomic<std::uint64_t> record_place;
  std::atomic<std::uint32_t> depth;  ///< mutex: acquisitions beyond the first
  std::array<std::uint32_t, 2> reserved_too;
  /// Of a C library's robust mutex this would be the type, and this value says "shared": so musl,
  /// which walks its list itself when a thread ends, wakes the sleepers of all processes.
  std::uint32_t shared_for_all;
  std::atomic<std::uint64_t> word;  ///< mutex; see mutex_word.hpp
  std::atomic<std::uint64_t> door;  ///< mutex; see owners/door.hpp
};
inline constexpr std::uint32_t shared_for_all_value = 128;
static_assert(sizeof(owner_line) == 64 && offsetof(owner_line, word) == 48);
// The short ways of waits (counted_fast.hpp) look there, whatever the object is.
static_assert(offsetof(owner_line, shared_for_all) == offsetof(dispatcher_state, short_way) &&
              shared_for_all_value > static_cast<std::uint32_t>(short_way::manual_event));

/// Who owns a mutex, or holds a guard, as the owner itself has noted it. Written by the owner only;
/// odd `sequence` while it writes.
struct owner_note {
  std::atomic<std::uint32_t> sequence;
  std::atomic<std::uint32_t> process_id;
  std::atomic<std::uint64_t> owner;  ///< as in the word
  std::atomic<std::uint64_t> start;  ///< when the thread began, in the kernel's ticks; 0: not known
  std::atomic<std::uint64_t> space;  ///< in which process numbers are meant; 0: not known
  std::array<std::atomic<std::uint64_t>, 8> program;
};
static_assert(sizeof(owner_note) == 96);

/// Mutex: the owner whose death was noticed last. Written by its successor, who owns the mutex; odd
/// `sequence` while it writes.
struct last_owner_record {
  std::atomic<std::uint32_t> sequence;
  std::atomic<std::uint32_t> process_id;
  std::atomic<std::uint64_t> noticed;  ///< nanoseconds since 1970
  std::array<std::atomic<std::uint64_t>, 8> program;
};

/// Timer: a schedule. Written while the guard lock is held, and only when the word points to the
/// other one.
struct timer_schedule {
  std::atomic<std::uint64_t> due;     ///< nanoseconds: of the wall clock if `beat` says so
  std::atomic<std::uint64_t> period;  ///< nanoseconds; 0: none
  std::atomic<std::uint64_t> beat;    ///< monotonic nanoseconds of the first expiry; above 2^63 the
                                      ///< wall clock decides, and the rest is the schedule's number
};

/// How many users there can be of a global dispatcher object.
inline constexpr std::size_t most_users = 48;

/// How many processes can have firm registrations at one object at a time.
inline constexpr std::size_t most_firm_processes = 7;

/// Who holds a place there, where no record tells of it: as whom the kernel knows the process.
struct firm_note {
  std::atomic<std::uint32_t> nonce;  ///< as in the place; 0 while the rest is written
  std::atomic<std::uint32_t> process_id;
  std::atomic<std::uint64_t> start;  ///< in the kernel's ticks; 0: not known
  std::atomic<std::uint64_t> space;  ///< in which process numbers are meant; 0: not known
  /// How often a grant was found that its waiters have not claimed for 50 ms, by somebody who
  /// cannot ask after it.
  std::atomic<std::uint32_t> in_vain;
  std::uint32_t reserved;
};

/// What the page of a dispatcher object has beside the header.
struct dispatcher_block {
  alignas(64) dispatcher_state state;
  last_owner_record last_owner;
  std::array<timer_schedule, 2> schedules;
  std::atomic<std::uint64_t> armed;  ///< timer: how often it was armed
  std::array<std::atomic<std::uint64_t>, most_firm_processes> firm;  ///< see firm.hpp
  alignas(64) owner_note owner;
  /// Global objects: who has used it, each number plus one; see users.hpp. None in a session.
  std::array<std::atomic<std::uint32_t>, most_users> users;
  std::array<firm_note, most_firm_processes> firm_notes;
};
static_assert(offsetof(dispatcher_block, users) == 352 && sizeof(dispatcher_block) == 768);

/// Where in its page an object's block is, by its identity, so that it need not be told and cannot
/// be told wrongly. Were it the same place in each page, the states of all objects would share one
/// set of the processor's first cache, and a look at many of them would miss each time. Identities
/// count up, so the objects that a thread makes one after the other lie on different lines.
inline constexpr std::size_t dispatcher_page_size = 4096;
constexpr std::size_t block_place(const std::array<std::uint64_t, 2>& identity) noexcept {
  constexpr std::size_t line = sizeof(dispatcher_state);
  constexpr std::size_t first = (sizeof(anchor_header) + line - 1) / line * line;
  constexpr std::size_t places =
      (dispatcher_page_size - first - sizeof(dispatcher_block) - sizeof(owner_line)) / line + 1;
  return first + line * static_cast<std::size_t>((identity[0] + identity[1]) % places);
}
static_assert(sizeof(anchor_header) == 1120 && block_place({0, 0}) == 1152 &&
              block_place({0, 33}) == 3264 && block_place({1, 33}) == 1152);

/// The line at the end of the page that a block is in.
inline owner_line& line_of(const dispatcher_block& block) noexcept {
  const auto place = reinterpret_cast<std::uintptr_t>(&block);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): in the same page
  return *reinterpret_cast<owner_line*>((place | (dispatcher_page_size - 1)) + 1 -
                                        sizeof(owner_line));
}

/// The first page of a dispatcher object's file, mapped by those who need it, and only then really
/// there: who has the object reserved. Its line is one as a mutex has: `word` is the guard, `door`
/// the commit; see waits/guard.hpp.
struct guard_page {
  owner_note holder;
  std::array<std::byte, dispatcher_page_size - sizeof(owner_note) - sizeof(owner_line)> reserved;
  owner_line line;
};
static_assert(sizeof(guard_page) == dispatcher_page_size);

/// The anchor of a listener; see meeting.hpp.
struct listener_header {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t name_length;
  std::uint64_t socket;                    ///< random; its socket's file is named after it
  std::array<char, max_name_length> name;  ///< in full
};
static_assert(std::is_trivially_copyable_v<listener_header> && sizeof(listener_header) == 1048);

/// A thread that owns with a record has a slot in it; see record.hpp.
struct thread_slot {
  std::atomic<std::uint32_t> serial;     ///< 0: nobody's
  std::atomic<std::uint32_t> gone;       ///< the thread has ended
  std::atomic<std::uint32_t> operation;  ///< the journal of a wait for all; waits/guard.hpp
  std::uint32_t put_off;                 ///< how often the thread's end has been; its own
};
static_assert(sizeof(thread_slot) == 16);

inline constexpr std::uint32_t slots_per_record = 4096;
inline constexpr std::uint32_t record_journal = 2;  ///< a flag: some slot's journal has been used

struct record_header {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t nonce;
  std::atomic<std::uint32_t> flags;
  std::uint32_t slots;
  std::uint32_t process_id;
  std::uint32_t user;  ///< whose the file is
  /// In which directory it is, a session's and that of all: see record_place.
  std::atomic<std::uint64_t> place;
  std::atomic<std::uint64_t> shared_place;
  std::array<char, 64> program;
};

/// A process's record: who it is, then its slots from the second page on.
inline constexpr std::size_t record_slots_offset = 4096;
inline constexpr std::size_t record_size =
    record_slots_offset + std::size_t{slots_per_record} * sizeof(thread_slot);

}  // namespace isthmus::detail
