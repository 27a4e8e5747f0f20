// SPDX-License-Identifier: MIT
//
// Records: how processes learn of each other's deaths. A process whose threads lock mutexes has a
// record file, p/<nonce> in its session directory: a header and a slot for each such thread
// (layout.hpp). The file is locked (fcntl) as long as the process lives; the lock is not inherited
// by a fork and dies with the process, whatever kills it. A slot tells of its thread.
//
// The lock has one trap: it goes when the process closes any descriptor of the file. So nothing
// here ever opens a record of this very process.
//
// No record says that its process has ended, and was swept, but only where it was: another
// directory, or one that was made anew, tells nothing. So the object says in which directory the
// records of its owners are (owner_line::record_place).
#pragma once

#include "clean.hpp"
#include "failure.hpp"
#include "posix/owners/users.hpp"
#include "posix/owners/witness.hpp"
#include "posix/words/layout.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace isthmus::detail {

/// What a record's header says that never changes. It is copied once and checked; whoever may write
/// to the record's file cannot change the copy.
struct record_facts {
  std::uint32_t nonce = 0;  ///< 0: the header makes no sense
  std::uint32_t user = 0;
  std::uint32_t process_id = 0;
  std::array<char, 64> program{};

  [[nodiscard]] std::string_view program_name() const noexcept;
};
/// Those of a header in memory that others may write.
record_facts facts_in(const record_header& mapped) noexcept;

/// A record of this very process, whichever copy of the library made it. `header` is nullptr where
/// there is none of this nonce.
struct own_record {
  record_header* header = nullptr;
  record_facts facts;
  explicit operator bool() const noexcept { return header != nullptr; }
};
own_record own_record_of(std::uint32_t nonce) noexcept;

enum class life_of { alive, dead };

/// Whether the thread of this token lives. Nobody wakes those who wait for its death: they look
/// again. What cannot be found out (no descriptor left, another directory) is no death.
/// `object` is where the token was found.
/// `note`: what its owner has left there.
life_of look_at(std::uint64_t token, const object_owners& object, const owner_note& note) noexcept;

/// The same of a whole process, by the nonce of its tokens.
life_of look_at_process_of(std::uint32_t nonce, const object_owners& object) noexcept;

/// Which program it was, and its process id, as far as its record is still there.
struct owner_name {
  std::uint32_t process_id = 0;
  std::string program;
};
owner_name name_of(std::uint64_t token, const object_owners& object) noexcept;

/// Whether the journal of this dead thread was open; see waits/guard.hpp.
bool journal_was_open(std::uint64_t token, const object_owners& object) noexcept;
/// This thread's own journal, of the token `me`.
std::atomic<std::uint32_t>* own_journal(std::uint64_t me) noexcept;

/// Takes a slot for this thread, in a record that this process has as that user, or a new one: its
/// token, or 0.
std::uint64_t take_slot(std::uint32_t user, failure& why);

/// The record of this nonce if this copy of the library made it. Needs no lock.
record_header* made_here(std::uint32_t nonce) noexcept;
/// A record's slot for a serial.
thread_slot* slot_in(record_header* header, std::uint32_t serial) noexcept;
/// What a record's file is called in a session.
std::array<char, 16> record_name(std::uint32_t nonce) noexcept;

/// In which directory a record of this process is, in its session's or (`shared`) in that of all,
/// as directory_id tells it; 0: not known.
std::uint64_t own_place(std::uint32_t nonce, bool shared) noexcept;
/// A directory, for all who see the same one; 0 where that is not known, or it is removed.
std::uint64_t directory_id(int directory) noexcept;
/// The owner of this token is about to come to an object: notes there in which directory its record
/// is. Before the token is written into it, so that whoever finds it there knows.
void come_with_record(dispatcher_block& block, std::uint64_t me) noexcept;
/// And once it owns the mutex: in case processes of several directories come. One that dies before
/// it has done so, and whose record is swept, is missed in that case.
void note_record(dispatcher_block& block, std::uint64_t me) noexcept;
/// What such a note says.
noted_owner recorded_note(const dispatcher_block& block, std::uint64_t me) noexcept;

/// Publishes this process's records for all users to read, now and in future.
bool share_records(failure& why);

/// In a child: the records are the parent's now.
void disown_records() noexcept;

/// While it is held, this process makes no record: the lock on the file of one that is not
/// published yet would go if a sweep looked at it.
std::unique_lock<std::mutex> while_none_is_made();

/// What has become of a record file.
struct record_fate {
  bool alive = false;       ///< its process lives
  bool kept = false;        ///< that has ended with a journal open, which somebody may still need
  std::uint64_t bytes = 0;  ///< removed
};

/// Removes (or only finds) a record whose process has ended, with `even_open` even if its journal
/// is open; a session's or a shared one.
record_fate remove_dead_record(int records, const char* name, cleaning what,
                               bool even_open) noexcept;

}  // namespace isthmus::detail
