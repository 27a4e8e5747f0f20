// SPDX-License-Identifier: MIT
//
// The records of other processes. They are read, never mapped: whose a file is may cut it short.
#include "pause.hpp"
#include "posix/names/directory.hpp"
#include "posix/owners/identity.hpp"
#include "posix/owners/modules.hpp"
#include "posix/owners/record.hpp"
#include "posix/owners/record_lock.hpp"
#include "posix/owners/unseen_owner.hpp"
#include "posix/owners/users.hpp"
#include "posix/system/fork.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

namespace isthmus::detail {
namespace {

constexpr int foreign_record_flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

/// What has been found where a record may be.
struct found_record {
  descriptor fd;              ///< none: there is no such file, or it is not sound
  std::uint64_t missing = 0;  ///< the place in which there is none; 0: that is not known
  bool blind = false;         ///< there was no descriptor to look with
};
found_record not_looked_at(const failure& why) {
  return {descriptor(), 0, why.code == errc::too_many_handles};
}
found_record not_opened(int error, int directory) {
  return {descriptor(), error == ENOENT ? directory_id(directory) : 0,
          error == EMFILE || error == ENFILE};
}

/// The record of a process in a session. A process that is another user by now may not look into
/// its former session.
found_record find_in_session(std::uint32_t user, std::uint32_t nonce) {
  failure why;
  std::array<char, 24> path{};
  fmt::format_to_n(path.data(), path.size() - 1, "p/{}", record_name(nonce).data());
  for (;;) {
    const auto dir = session_of(user, why);
    if (!dir) return not_looked_at(why);
    descriptor fd(::openat(dir->fd.get(), path.data(), foreign_record_flags));
    if (fd) return {std::move(fd)};
    const int error = errno;
    if (error != ENOENT || user != ::geteuid() || !forget_stale_directory(dir))
      return not_opened(error, dir->fd.get());
  }
}

/// The same of one that is shared. What does not belong to its user is nobody's record.
found_record find_shared(std::uint32_t user, std::uint32_t nonce) {
  failure why;
  const auto dir = directory_of(scope::global, why);
  if (!dir) return not_looked_at(why);
  descriptor fd(
      ::openat(dir->fd.get(), shared_record_name(user, nonce).text(), foreign_record_flags));
  if (!fd) return not_opened(errno, dir->fd.get());
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0 || info.st_uid != user || !S_ISREG(info.st_mode)) return {};
  return {std::move(fd)};
}

found_record find(const record_place& place, std::uint32_t nonce) {
  return place.shared ? find_shared(place.user, nonce) : find_in_session(place.user, nonce);
}

/// What a sound record of that process says.
std::optional<record_facts> read_facts(int fd, const record_place& place,
                                       std::uint32_t nonce) noexcept {
  struct stat info {};
  record_header header{};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_uid != place.user ||
      ::pread(fd, &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header))
    return std::nullopt;
  const record_facts facts = facts_in(header);
  if (facts.nonce != nonce) return std::nullopt;
  return facts;
}

/// A thread's slot, or another's that has it by now; nothing where the file has been cut short.
struct slot_copy {
  std::uint32_t serial = 0;
  bool gone = false;
  bool journal_open = false;
};
std::optional<slot_copy> read_slot(int fd, std::uint32_t serial) noexcept {
  thread_slot slot{};
  const auto place = record_slots_offset + serial % slots_per_record * sizeof slot;
  if (::pread(fd, &slot, sizeof slot, static_cast<off_t>(place)) !=
      static_cast<ssize_t>(sizeof slot))
    return std::nullopt;
  return slot_copy{slot.serial.load(std::memory_order_relaxed),
                   slot.gone.load(std::memory_order_relaxed) != 0,
                   slot.operation.load(std::memory_order_relaxed) != 0};
}
slot_copy slot_of_ours(record_header& header, std::uint32_t serial) noexcept {
  const thread_slot& slot = *slot_in(&header, serial);
  return {slot.serial.load(std::memory_order_acquire),
          slot.gone.load(std::memory_order_acquire) != 0,
          slot.operation.load(std::memory_order_acquire) != 0};
}

/// Whose life is asked for, and what the object tells of where its record is.
struct wanted {
  std::uint64_t token;  ///< 0: a process
  std::uint32_t nonce;
  std::uint32_t serial;    ///< 0: its process
  const owner_line& line;  ///< the object's
  const owner_note* note;  ///< nullptr: there is none
};

/// No record in the place where this process looked says that its process has ended only if that is
/// the place in which its record was.
bool was_there(std::uint64_t missing, const wanted& who) noexcept {
  if (missing == 0) return false;
  if (who.line.several_places.load() == 0) return who.line.record_place.load() == missing;
  if (who.note == nullptr) return false;
  const noted_owner note = read_note(*who.note);
  return nonce_of(note.owner) == who.nonce && owner_word::is_recorded(note.owner) &&
         note.space == missing;
}

/// `missing`: dead, unless somebody is just removing the whole directory, whose records go one
/// after the other.
enum class finding { alive, missing, dead };

/// What one of the places where a thread's record may be tells of it.
finding look_in(const record_place& place, const wanted& who) {
  const found_record found = find(place, who.nonce);
  if (found.blind && who.token != 0) note_blind_look(who.token);
  if (!found.fd) return was_there(found.missing, who) ? finding::missing : finding::alive;
  if (!record_locked(found.fd.get())) return finding::dead;
  if (who.serial == 0 || !read_facts(found.fd.get(), place, who.nonce)) return finding::alive;
  const auto slot = read_slot(found.fd.get(), who.serial);
  return slot && (slot->serial != who.serial || slot->gone) ? finding::dead : finding::alive;
}

/// Of a global object each user's records may be the ones; so it has died only if all say so.
finding look_everywhere(const wanted& who, const object_owners& object) noexcept {
  const hold_off_fork gate;
  finding seen = finding::dead;
  try {
    for (const record_place& place : record_places(object)) {
      const finding here = look_in(place, who);
      if (here == finding::alive) return here;
      if (here == finding::missing) seen = here;
    }
  } catch (const std::bad_alloc&) {
    return finding::alive;
  }
  return seen;
}

/// What is missing is looked for once more a while later. That is waited for, since there is a
/// death to be told of in all but one case. Forks go on meanwhile.
life_of look_twice(const wanted& who, const object_owners& object) noexcept {
  using std::chrono::steady_clock;
  finding seen = look_everywhere(who, object);
  if (seen == finding::missing) {
    const auto end = steady_clock::now() + std::chrono::milliseconds(50);
    for (auto now = steady_clock::now(); now < end; now = steady_clock::now()) pause_for(end - now);
    seen = look_everywhere(who, object);
  }
  return seen == finding::alive ? life_of::alive : life_of::dead;
}

/// The record of a thread's process, dead or alive, if it is anywhere.
descriptor sound_record_of(std::uint32_t nonce, const object_owners& object, record_facts& facts) {
  for (const record_place& place : record_places(object)) {
    found_record found = find(place, nonce);
    if (!found.fd) continue;
    if (const auto read = read_facts(found.fd.get(), place, nonce)) {
      facts = *read;
      return std::move(found.fd);
    }
  }
  return {};
}

}  // namespace

life_of look_at(std::uint64_t token, const object_owners& object, const owner_note& note) noexcept {
  const std::uint32_t serial = serial_of(token);
  if (const own_record ours = own_record_of(nonce_of(token))) {
    const slot_copy slot = slot_of_ours(*ours.header, serial);
    return slot.serial != serial || slot.gone ? life_of::dead : life_of::alive;
  }
  return look_twice({token, nonce_of(token), serial, line_of(object.block), &note}, object);
}

life_of look_at_process_of(std::uint32_t nonce, const object_owners& object) noexcept {
  if (leader().made_here(nonce) != nullptr) return life_of::alive;
  return look_twice({0, nonce, 0, line_of(object.block), nullptr}, object);
}

owner_name name_of(std::uint64_t token, const object_owners& object) noexcept {
  owner_name name;
  own_record known = own_record_of(nonce_of(token));
  const hold_off_fork gate;
  try {
    if (!known && !sound_record_of(nonce_of(token), object, known.facts)) return name;
    name.process_id = known.facts.process_id;
    name.program = known.facts.program_name();
  } catch (const std::bad_alloc&) {
    name = {};
  }
  return name;
}

bool journal_was_open(std::uint64_t token, const object_owners& object) noexcept {
  const std::uint32_t serial = serial_of(token);
  if (const own_record ours = own_record_of(nonce_of(token))) {
    const slot_copy slot = slot_of_ours(*ours.header, serial);
    return slot.serial == serial && slot.journal_open;
  }
  const hold_off_fork gate;
  try {
    record_facts facts;
    const descriptor fd = sound_record_of(nonce_of(token), object, facts);
    const auto slot = fd ? read_slot(fd.get(), serial) : std::nullopt;
    return slot && slot->serial == serial && slot->journal_open;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace isthmus::detail
