// SPDX-License-Identifier: MIT
//
// The records of other processes.
#include "directory.hpp"
#include "fork.hpp"
#include "identity.hpp"
#include "modules.hpp"
#include "record.hpp"
#include "record_lock.hpp"
#include "users.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace isthmus::detail {
namespace {

constexpr int foreign_record_flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

std::mutex peers_lock;  // whoever has it has the gate as well, so a fork does not meet it taken

using cache = std::unordered_map<std::uint64_t, std::shared_ptr<const record>>;

cache& peers(bool shared) {
  static auto* const of_sessions = new cache;  // outlive exit handlers
  static auto* const of_all = new cache;
  return shared ? *of_all : *of_sessions;
}

/// Known ones are dropped now and then: most have ended, and each mapping keeps memory.
constexpr std::size_t most_peers = 64;

/// What the cache calls a record. What one object's users have shown does not count for another's.
std::uint64_t key_of(const record_place& place, std::uint32_t nonce) noexcept {
  return std::uint64_t{place.user} << 32 | nonce;
}

enum class process { alive, dead, unknown };

process ask_record(int fd) noexcept { return record_locked(fd) ? process::alive : process::dead; }

/// Opens the record of another process in a session and asks whether that process lives. A process
/// that is another user by now may not look into its former session, and is told of no death there.
process ask_session(std::uint32_t user, std::uint32_t nonce, descriptor& fd) {
  failure why;
  std::array<char, 24> path{};
  fmt::format_to_n(path.data(), path.size() - 1, "p/{:08x}", nonce);
  for (;;) {
    const auto dir = session_of(user, why);
    if (!dir) return process::unknown;
    fd = descriptor(::openat(dir->fd.get(), path.data(), foreign_record_flags));
    if (fd) return ask_record(fd.get());
    if (errno != ENOENT) return process::unknown;
    // Where somebody has removed the directory by force, a missing record says nothing.
    if (user != ::geteuid() || !forget_stale_directory(dir))
      return directory_was_lost() ? process::unknown : process::dead;
  }
}

/// The same of one that is shared. What does not belong to its user is nobody's record.
process ask_shared(std::uint32_t user, std::uint32_t nonce, descriptor& fd) {
  failure why;
  const auto dir = directory_of(scope::global, why);
  if (!dir) return process::unknown;
  fd = descriptor(
      ::openat(dir->fd.get(), shared_record_name(user, nonce).text(), foreign_record_flags));
  struct stat info {};
  if (fd && ::fstat(fd.get(), &info) == 0 && info.st_uid == user && S_ISREG(info.st_mode))
    return ask_record(fd.get());
  const bool no_descriptor = !fd && (errno == EMFILE || errno == ENFILE || errno == ENOMEM);
  fd.reset();
  return no_descriptor ? process::unknown : process::dead;
}

process ask_record(const record_place& place, std::uint32_t nonce, descriptor& fd) {
  return place.shared ? ask_shared(place.user, nonce, fd) : ask_session(place.user, nonce, fd);
}

/// Maps a record if it is sound.
std::shared_ptr<const record> map_peer(int fd, const record_place& place, std::uint32_t nonce) {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_uid != place.user ||
      static_cast<std::uint64_t>(info.st_size) < record_size)
    return nullptr;
  auto made = std::make_shared<record>();
  void* const memory = ::mmap(nullptr, record_size, PROT_READ, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) return nullptr;
  made->header = static_cast<record_header*>(memory);
  made->facts = facts_in(*made->header);
  return made->facts.nonce == nonce ? made : nullptr;
}

std::shared_ptr<const record> cached(const record_place& where, std::uint32_t nonce) {
  const std::scoped_lock guard{peers_lock};
  const cache& all = peers(where.shared);
  const auto place = all.find(key_of(where, nonce));
  return place != all.end() ? place->second : nullptr;
}

void remember(const record_place& where, std::uint32_t nonce,
              const std::shared_ptr<const record>& known) {
  const std::scoped_lock guard{peers_lock};
  cache& all = peers(where.shared);
  if (all.size() >= most_peers) all.clear();
  all[key_of(where, nonce)] = known;
}

void forget(const record_place& where, std::uint32_t nonce) {
  const std::scoped_lock guard{peers_lock};
  peers(where.shared).erase(key_of(where, nonce));
}

/// What a thread's slot says.
life_of read_slot(record_header& header, const slot_rule& rule, std::uint32_t serial,
                  owner_watch& watch) noexcept {
  thread_slot& slot = *slot_in(&header, serial);
  const auto* const word = word_in(rule, slot);
  // If the serial is the thread's before and after, so is the word in between.
  if (slot.serial.load(std::memory_order_acquire) != serial) return life_of::dead;
  const std::uint32_t value = word->load(std::memory_order_acquire);
  if (tells_of_end(rule, value) || slot.serial.load(std::memory_order_acquire) != serial)
    return life_of::dead;
  watch.word = word;
  watch.value = value;
  watch.polled = !rule.robust;
  return life_of::alive;
}

life_of read_peer(const std::shared_ptr<const record>& known, std::uint64_t token,
                  owner_watch& watch) noexcept {
  const life_of life = read_slot(*known->header, known->facts.rule, serial_of(token), watch);
  if (life == life_of::alive) watch.keeps = known;
  return life;
}

/// What is known of a thread by one of the places where its record may be.
life_of look_in(const record_place& place, std::uint64_t token, owner_watch& watch) {
  const std::uint32_t nonce = nonce_of(token);
  auto known = cached(place, nonce);
  descriptor fd;
  const process state = ask_record(place, nonce, fd);
  if (state == process::dead) {
    forget(place, nonce);
    return life_of::dead;
  }
  if (!known && fd) {
    known = map_peer(fd.get(), place, nonce);
    if (known) remember(place, nonce, known);
  }
  if (known) return read_peer(known, token, watch);
  watch.polled = true;  // nothing that we can read: at best the process's end is all we learn
  return life_of::alive;
}

life_of look_at_peer(std::uint64_t token, const object_owners& object, bool ask_process,
                     owner_watch& watch) {
  const record_places places(object);
  if (!ask_process) {
    for (const record_place& place : places) {
      const auto known = cached(place, nonce_of(token));
      const life_of life = known ? read_peer(known, token, watch) : life_of::dead;
      if (life == life_of::alive || (known && places.size() == 1)) return life;
    }
  }
  for (const record_place& place : places)
    if (look_in(place, token, watch) == life_of::alive) return life_of::alive;
  return life_of::dead;
}

/// The record of a thread that is dead or alive, if it is anywhere; absent where a slot is asked
/// for and is another's by now.
std::shared_ptr<const record> record_of(std::uint64_t token, const object_owners& object,
                                        bool of_thread) {
  const std::uint32_t nonce = nonce_of(token);
  for (const record_place& place : record_places(object)) {
    auto known = cached(place, nonce);
    descriptor fd;
    if (!known && ask_record(place, nonce, fd) != process::unknown && fd)
      known = map_peer(fd.get(), place, nonce);
    if (known &&
        (!of_thread ||
         slot_in(known->header, serial_of(token))->serial.load(std::memory_order_acquire) ==
             serial_of(token)))
      return known;
  }
  return nullptr;
}

}  // namespace

life_of look_at(std::uint64_t token, const object_owners& object, bool ask_process,
                owner_watch& watch) noexcept {
  watch = {};
  if (const own_record ours = own_record_of(nonce_of(token)))
    return read_slot(*ours.header, ours.facts.rule, serial_of(token), watch);
  const hold_off_fork gate;
  try {
    return look_at_peer(token, object, ask_process, watch);
  } catch (const std::bad_alloc&) {
    watch = {};
    watch.polled = true;
    return life_of::alive;
  }
}

life_of look_at_process_of(std::uint32_t nonce, const object_owners& object) noexcept {
  if (leader().made_here(nonce) != nullptr) return life_of::alive;
  const hold_off_fork gate;
  try {
    for (const record_place& place : record_places(object)) {
      descriptor fd;
      if (ask_record(place, nonce, fd) != process::dead) return life_of::alive;
    }
  } catch (const std::bad_alloc&) {
    return life_of::alive;
  }
  return life_of::dead;
}

owner_name name_of(std::uint64_t token, const object_owners& object) noexcept {
  owner_name name;
  const own_record ours = own_record_of(nonce_of(token));
  const hold_off_fork gate;
  try {
    std::shared_ptr<const record> known;
    if (!ours) known = record_of(token, object, false);
    if (!ours && !known) return name;
    const record_facts& facts = ours ? ours.facts : known->facts;
    name.process_id = facts.process_id;
    name.program = facts.program_name();
  } catch (const std::bad_alloc&) {
    name = {};
  }
  return name;
}

bool journal_was_open(std::uint64_t token, const object_owners& object) noexcept {
  const auto open_in = [&](record_header* header) {
    const thread_slot& slot = *slot_in(header, serial_of(token));
    return slot.serial.load(std::memory_order_acquire) == serial_of(token) &&
           slot.operation.load(std::memory_order_acquire) != 0;
  };
  if (const own_record ours = own_record_of(nonce_of(token))) return open_in(ours.header);
  const hold_off_fork gate;
  try {
    const auto known = record_of(token, object, true);
    return known && open_in(known->header);
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace isthmus::detail
